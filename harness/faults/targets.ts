// Who is hit: words of drills and plans, resolved on the layout as it is right before the fault. Pure.
import { inconclusiveError, usageError } from "../base/errors.ts";
import type { Topology } from "../lab/facts.ts";

export const targetWords = [
  "vip-holder",
  "etcd-leader",
  "neither",
  "minority",
  "majority",
  "all-but-one",
  "all-control-planes",
  "worker",
] as const;

/** A word, or the name of a machine. */
export type TargetWord = (typeof targetWords)[number];

/**
 * Names of machines. `minority`: as many control planes as can be lost without losing quorum; `majority`: one more.
 * `all-but-one`: of all control planes. These begin with the VIP holder, then the etcd leader, so that the loss is the worst of its size; then by name.
 * `neither`: the first control plane that is neither. `worker`: one that carries pods of the workload, if possible one
 * without a part of its own (VIP, leader leases, the ingress through which load comes in); then by name.
 * @param podsByMachine pods of the workload on each machine; absent: not known yet, every worker may have some
 * @throws KubedrillError (inconclusive) when the layout does not say who that is or has none; (usage) for other words
 */
export function pickMachines(
  word: string,
  topology: Topology,
  podsByMachine?: Record<string, readonly string[]>,
): string[] {
  const machine = topology.machines.find((each) => each.name === word);
  if (machine !== undefined) return [machine.name];
  if (!isTargetWord(word))
    throw usageError(`"${word}" is neither a machine of the lab nor a target.`, {
      hint: `targets are ${targetWords.join(", ")} and machine names`,
    });
  switch (word) {
    case "vip-holder":
      return [known(topology.vip?.holder, "no machine holds the VIP")];
    case "etcd-leader":
      return [known(topology.etcd.leader, "etcd has no leader")];
    case "neither":
      return [neither(topology)];
    case "minority":
      return some(topology, tolerated(topology), "the loss of one control plane already costs the quorum");
    case "majority":
      return some(topology, tolerated(topology) + 1, "there is no control plane");
    case "all-but-one":
      return some(topology, controlPlanes(topology).length - 1, "there is no second control plane");
    case "all-control-planes":
      return controlPlanes(topology);
    case "worker":
      return [worker(topology, podsByMachine)];
  }
}

/**
 * The machine through which users come in: the first on which the ingress controller listens and which stays on.
 * @param off machines that a drill switches off
 * @throws KubedrillError (inconclusive) when none is left: users have no way in then, whatever the cluster does
 */
export function pickEntrance({ ingress }: Topology, off: readonly string[] = []): string {
  const machines = ingress?.machines ?? [];
  const entrance = machines.find((each) => !off.includes(each));
  if (entrance !== undefined) return entrance;
  const where = machines.length === 0 ? "nowhere" : `only on ${machines.join(", ")}`;
  throw inconclusiveError(
    `Users would have no way in: the ingress controller listens ${where}${off.length === 0 ? "" : `, and ${off.join(", ")} would be off`}.`,
    { hint: "name the machines on which it listens under ingress.machines in the lab file" },
  );
}

export interface IngressPods {
  machine: string;
  namespace: string;
  pods: { name: string; uid: string }[];
}

/**
 * The ingress controller's pods on the machine through which users come in: the first that has any.
 * @throws KubedrillError (inconclusive) when none has
 */
export function pickIngressPods({ ingress }: Topology): IngressPods {
  const all = ingress?.controller?.pods ?? [];
  const machine = known(
    ingress?.machines.find((name) => all.some((pod) => pod.machine === name)),
    "no machine of the ingress has a pod of its controller",
  );
  const pods = all.filter((each) => each.machine === machine).map(({ name, uid }) => ({ name, uid }));
  return { machine, namespace: ingress?.controller?.namespace ?? "", pods };
}

/** floor(n/2)+1 of the voting members; learners do not count (etcd's documentation, "fault tolerance"). */
export function quorumOf(votingMembers: number): number {
  return Math.floor(votingMembers / 2) + 1;
}

function isTargetWord(word: string): word is TargetWord {
  return (targetWords as readonly string[]).includes(word);
}

/** How many voting members can be lost; with external etcd, how many control planes may be called a minority. */
function tolerated(topology: Topology): number {
  const voting =
    topology.etcd.layout === "stacked"
      ? topology.etcd.members.filter((each) => !each.learner).length
      : controlPlanes(topology).length;
  return voting - quorumOf(voting);
}

function some(topology: Topology, count: number, why: string): string[] {
  const all = controlPlanes(topology);
  const worst = [topology.vip?.holder, topology.etcd.leader].flatMap((name) =>
    all.filter((each) => each === name),
  );
  const chosen = [...new Set([...worst, ...all])].slice(0, count);
  if (chosen.length === 0 || chosen.length < count)
    throw inconclusiveError(`There is nobody to hit: ${why}.`);
  return chosen;
}

function neither(topology: Topology): string {
  const taken = new Set([topology.vip?.holder, topology.etcd.leader]);
  return known(
    controlPlanes(topology).find((each) => !taken.has(each)),
    "every control plane holds the VIP or leads etcd",
  );
}

function worker(topology: Topology, podsByMachine?: Record<string, readonly string[]>): string {
  const parts = [
    topology.vip?.holder,
    topology.leases.controllerManager,
    topology.leases.scheduler,
    topology.ingress?.machines[0],
  ];
  const carrying = byRole(topology, "worker").filter(
    (each) => podsByMachine === undefined || (podsByMachine[each]?.length ?? 0) > 0,
  );
  return known(
    carrying.find((each) => !parts.includes(each)) ?? carrying[0],
    "no worker carries pods of the workload",
  );
}

function controlPlanes(topology: Topology): string[] {
  return byRole(topology, "control-plane");
}

/** By name, with numbers in their order. */
function byRole(topology: Topology, role: "control-plane" | "worker"): string[] {
  return topology.machines
    .filter((each) => each.role === role)
    .map((each) => each.name)
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

function known(name: string | null | undefined, otherwise: string): string {
  if (name === null || name === undefined) throw inconclusiveError(`There is nobody to hit: ${otherwise}.`);
  return name;
}
