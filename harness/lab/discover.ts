// What a lab is: layout, settings, a fingerprint of both, and whether it is the one that the lab file means.
import { createHash } from "node:crypto";
import { usageError } from "../base/errors.ts";
import type { Settings, Topology } from "./facts.ts";
import { readClusterUid, readTopology } from "./read-topology.ts";
import { readSettings } from "./read-settings.ts";
import type { World } from "./world.ts";

export { readTopology } from "./read-topology.ts";

/** Reads layout and settings. @throws KubedrillError when the lab does not answer */
export async function discover(world: World): Promise<{ topology: Topology; settings: Settings }> {
  const topology = await readTopology(world);
  return { topology, settings: await readSettings(world, topology.kubernetesVersion) };
}

/** The same for two runs exactly when the same thing was tested: versions, layout and settings, not who leads now. */
export function fingerprint(topology: Topology, settings: Settings): string {
  const { leases, renewable, ...layout } = topology;
  const lasting = {
    ...layout,
    etcd: {
      layout: layout.etcd.layout,
      members: layout.etcd.members.map(({ id, machine, learner }) => ({ id, machine, learner })),
    },
    vip: layout.vip === null ? null : { address: layout.vip.address, port: layout.vip.port },
    ingress: layout.ingress === null ? null : withoutPods(layout.ingress),
  };
  return createHash("sha256")
    .update(JSON.stringify([lasting, settings]))
    .digest("hex")
    .slice(0, 16);
}

/** Pods come and go, what makes them stays. */
function withoutPods({ controller, ...ingress }: NonNullable<Topology["ingress"]>) {
  if (controller === undefined) return ingress;
  const { pods, ...lasting } = controller;
  return { ...ingress, controller: lasting };
}

/**
 * Refuses a cluster or machine that is not the one in the lab file.
 * @throws KubedrillError (usage) naming what differs
 */
export async function checkIdentity(world: World): Promise<void> {
  const expected = world.file.identity?.clusterUid;
  if (expected !== undefined) {
    const found = await readClusterUid(world);
    if (found !== expected)
      throw usageError(
        `The cluster behind ${world.file.name} has UID ${found}, the lab file says ${expected}.`,
        {
          hint: "this is another cluster than the one the lab file was made for; make a new lab file if it is meant",
        },
      );
  }
  await checkMachines(world);
}

/**
 * Asks no API. @param lost names of machines that cannot be asked
 * @throws KubedrillError (usage) naming the machine that is another one than in the lab file
 */
export async function checkMachines(world: World, lost: readonly string[] = []): Promise<void> {
  const names = world.everyMachine.map((each) => each.name).filter((each) => !lost.includes(each));
  await Promise.all(names.map((each) => checkMachine(world, each)));
}

async function checkMachine(world: World, name: string): Promise<void> {
  const expected = world.file.machines.find((each) => each.name === name)?.identity?.machineId;
  if (expected === undefined) return;
  const { stdout } = await world.machine(name).shell.run("cat /etc/machine-id", { timeoutMs: 8000 });
  if (stdout.trim() !== expected)
    throw usageError(`The machine ${name} has machine-id ${stdout.trim()}, the lab file says ${expected}.`, {
      hint: "its address may belong to another machine now; mend the lab file if it is meant",
    });
}
