// `lab replace`: other machines in the place of some, with nothing on their disks but the operating system: what is there
// when hardware was lost and new one was racked. Names, addresses and machine ids are the same, host keys are not.
import { readFile } from "node:fs/promises";
import { totalmem } from "node:os";
import { usageError } from "../../../harness/base/errors.ts";
import { waitForBoot } from "./booted.ts";
import { linkImages } from "./copy-var.ts";
import { newSshKeyPair, publicKeyOf } from "./keys.ts";
import { labPaths, pinHostKeys } from "./lab-files.ts";
import type { MachinePlan } from "./layout.ts";
import { bareMachineFiles } from "./machine-files.ts";
import { createMachine, putFiles, removeMachines, wakeMachine } from "./machines.ts";
import { readLabState } from "./state.ts";
import type { UpContext } from "./up.ts";
import { createVolumes, removeVolume } from "./volumes.ts";

/**
 * To be called with the lab's lock held; what was on the machines is gone for good.
 * @throws KubedrillError (usage) for a machine that the lab does not have; nothing was touched
 */
export async function replaceMachines(context: UpContext, names: readonly string[]): Promise<void> {
  const { name, machineImage, onProgress } = context;
  const state = await readLabState(name);
  if (state?.phase !== "up")
    throw usageError(`Lab ${name} is not up.`, { hint: `kubedrill lab up --name ${name}` });
  const { layout } = state;
  const machines = names.map((each) => {
    const found = layout.machines.find((machine) => machine.name === each);
    if (found === undefined)
      throw usageError(`Lab ${name} has no machine ${each}.`, {
        hint: `it has ${layout.machines.map((machine) => machine.name).join(", ")}`,
      });
    return found;
  });
  const authorized = publicKeyOf(await readFile(labPaths(name).sshKey, "utf8"));
  const hosts = new Map<string, string>();
  // All at once: whoever lists volumes must not meet one that is just going.
  await removeMachines(machines.map((each) => each.container));
  await Promise.all(machines.map(removeVolume));
  const volumes = await createVolumes(layout, machines);
  const replace = async (machine: MachinePlan) => {
    await createMachine(layout, machine, machineImage.image);
    const host = await newSshKeyPair();
    hosts.set(machine.name, host.publicKey);
    const files = bareMachineFiles(layout, machine, { host, authorized }, totalmem());
    await Promise.all([
      linkImages(machineImage.imageStore, volumes.get(machine.name) ?? ""),
      putFiles(layout, machine, files),
    ]);
    await wakeMachine(machine, "off");
    await waitForBoot(machine);
    onProgress(`${machine.name} is another machine now, with nothing on it`);
  };
  // Whoever was replaced is pinned, whatever becomes of the others.
  const ends = await Promise.allSettled(machines.map(replace));
  await pinHostKeys(name, hosts);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}
