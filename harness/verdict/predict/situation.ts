// What is left when machines are off, by arithmetic on the layout: the one place that decides between a minority, a
// majority and everything lost.
import type { Topology } from "../../lab/facts.ts";
import { allowancesOf, type Allowances, type PredictionInput } from "./input.ts";
import { hasQuorum, quorumOf } from "./quorum.ts";
import { predictedHolder, type VrrpInstance } from "./vrrp.ts";

/** `serves`: the API goes on; `stopped`: API servers live but etcd has no quorum; `gone`: no API server lives. */
export type Outcome = "serves" | "stopped" | "gone";

export interface Situation {
  input: PredictionInput;
  allowances: Allowances;
  outcome: Outcome;
  /** Names of machines. */
  off: string[];
  living: string[];
  livingControlPlanes: string[];
  lostNodes: string[];
  livingNodes: string[];
  voters: number;
  livingVoters: number;
  quorum: number;
  /** Machines with an etcd member, learners too; and those of them that live. */
  members: string[];
  livingMembers: string[];
  leaderLost: boolean;
  /** The holder of controller-manager's or scheduler's lease is off. */
  leadersLost: boolean;
  vipHolderLost: boolean;
  /** Who should hold the VIP during the outage, and once everything is back; null: nobody, or unknown. */
  successor: VrrpInstance | null;
  finalHolder: VrrpInstance | null;
}

export function situationOf(input: PredictionInput, off: readonly string[]): Situation {
  const { topology, settings } = input;
  const isOff = (machine: string) => off.includes(machine);
  const living = topology.machines.filter((each) => !isOff(each.name));
  const lost = topology.machines.filter((each) => isOff(each.name));
  const livingControlPlanes = living.filter((each) => each.role === "control-plane").map((each) => each.name);
  const voting = topology.etcd.members.filter((each) => !each.learner);
  const livingVoters = voting.filter((each) => !isOff(each.machine)).length;
  const quorate = hasQuorum(voting.length, livingVoters);
  const outcome = livingControlPlanes.length === 0 ? "gone" : quorate ? "serves" : "stopped";
  const current = topology.vip?.holder ?? null;
  const instances = settings.keepalived?.instances ?? [];
  const successor = predictedHolder(
    instances,
    (machine) => !isOff(machine),
    () => outcome === "serves",
    current,
  );
  const everyone = () => true;
  return {
    input,
    allowances: allowancesOf(input),
    outcome,
    off: [...off],
    living: living.map((each) => each.name),
    livingControlPlanes,
    lostNodes: lost.map((each) => each.node),
    livingNodes: living.map((each) => each.node),
    voters: voting.length,
    livingVoters,
    quorum: quorumOf(voting.length),
    members: memberMachines(topology, everyone),
    livingMembers: memberMachines(topology, (machine) => !isOff(machine)),
    leaderLost: topology.etcd.leader !== null && isOff(topology.etcd.leader),
    leadersLost: [topology.leases.controllerManager, topology.leases.scheduler].some(
      (each) => each !== null && isOff(each),
    ),
    vipHolderLost: current !== null && isOff(current),
    successor,
    finalHolder: predictedHolder(instances, everyone, everyone, successor?.machine ?? null),
  };
}

function memberMachines(topology: Topology, which: (machine: string) => boolean): string[] {
  return [...new Set(topology.etcd.members.map((each) => each.machine).filter(which))];
}
