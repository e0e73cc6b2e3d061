// Makes a lab file something that can be acted on. Connects nothing yet, except reading the kubeconfig.
import { usageError } from "../base/errors.ts";
import { openKubeAccess } from "../kube/open-access.ts";
import { openPower } from "../machines/open.ts";
import { openShell } from "../shell/open.ts";
import type { LabFile } from "./lab-file.ts";
import type { Machine, NodeMachine, World } from "./world.ts";

/** @throws KubedrillError (usage) when the kubeconfig cannot be read or has no client certificate */
export async function openWorld(file: LabFile): Promise<World> {
  const kube = await openKubeAccess(file);
  const all = file.machines.map((spec): Machine => ({
    name: spec.name,
    role: spec.role,
    address: spec.address,
    node: spec.node ?? spec.name,
    power: openPower(spec.power, spec.name),
    shell: openShell(spec.shell, spec.name),
  }));
  return {
    file,
    ...machinesBy(all),
    machine(name) {
      const found = all.find((each) => each.name === name);
      if (found === undefined)
        throw usageError(`The lab ${file.name} has no machine ${name}.`, {
          hint: `its machines are ${all.map((each) => each.name).join(", ")}`,
        });
      return found;
    },
    kube,
    async close() {
      await Promise.all([...all.map((each) => each.shell.close()), kube.close()]);
    },
  };
}

/** By what they are for. Pure. */
export function machinesBy(
  everyMachine: Machine[],
): Pick<World, "machines" | "etcdMachines" | "everyMachine"> {
  const of = (role: Machine["role"]) => everyMachine.filter((each) => each.role === role);
  const external = of("etcd");
  return {
    machines: everyMachine.filter(isNode),
    etcdMachines: external.length > 0 ? external : of("control-plane"),
    everyMachine,
  };
}

function isNode(machine: Machine): machine is NodeMachine {
  return machine.role !== "etcd";
}
