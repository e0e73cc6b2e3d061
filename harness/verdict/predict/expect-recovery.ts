// After power on: everything is as before, nothing that was acknowledged is lost, and controllers really work.
import type { Expectation } from "../expectation.ts";
import { budgetOf, chain, none } from "./budget.ts";
import { apiBack, look, machineBack, nextLook, nextSlowLook, nodeBack, request } from "./common-links.ts";
import { sameAs, worksAsBefore } from "./expect-controllers.ts";
import { election } from "./links.ts";
import type { Situation } from "./situation.ts";
import { failback, takeOver } from "./vrrp.ts";
import { afterwards, throughout } from "./windows.ts";

export function recoveryExpectations(situation: Situation): Expectation[] {
  return [
    ...apiReturns(situation),
    ...(situation.members.length > situation.livingMembers.length ? membersReturn(situation) : []),
    nodesReturn(situation),
    ...vipReturns(situation),
    noWriteLost(),
    ...worksAsBefore(situation),
  ];
}

function apiReturns(situation: Situation): Expectation[] {
  const { topology, settings } = situation.input;
  const way = topology.vip === null ? (situation.off[0] ?? "") : "vip";
  if (situation.outcome !== "serves")
    return (["read", "write"] as const).map((verb) => ({
      id: `api.${verb}.returned`,
      title: `The API ${verb === "read" ? "answers reads" : "accepts writes"} again`,
      judge: { kind: "back-within", probes: [`api.${way}.${verb}.fresh`] },
      window: afterwards,
      ...budgetOf(apiBack(situation)),
      link: { name: `API ${verb}s return`, after: "fault" },
    }));
  const { finalHolder } = situation;
  if (topology.vip === null || finalHolder === null || settings.keepalived === null) return [];
  const link = chain(
    "the gap",
    takeOver(finalHolder, true, settings.keepalived.source),
    request(situation),
    nextLook(situation.input),
  );
  return [
    {
      id: "api.return.unavailable",
      title: "The machine's return interrupts the API no longer than a move of the VIP",
      judge: { kind: "longest-gap", probes: ["api.vip.read.fresh", "api.vip.write.fresh"] },
      window: afterwards,
      ...budgetOf(link),
    },
  ];
}

function membersReturn(situation: Situation): Expectation[] {
  const all = String(situation.members.length);
  const link = chain(
    "all members are healthy",
    machineBack(situation),
    election(situation.input.settings),
    look(situation),
    nextSlowLook(situation.input),
  );
  return [
    {
      id: "etcd.members.returned",
      title: `${all} of ${all} etcd members are healthy again`,
      judge: {
        kind: "state-within",
        select: { probe: "etcd", subjects: ["members-healthy"] },
        want: { is: situation.members.length },
      },
      window: afterwards,
      ...budgetOf(link),
      link: { name: "members rejoin", after: "fault" },
    },
    sameAs("etcd-members", "The same etcd members are back, with the same ids", "equal"),
  ];
}

function nodesReturn(situation: Situation): Expectation {
  return {
    id: "nodes.returned",
    title: "All nodes are Ready again",
    judge: {
      kind: "state-within",
      select: { probe: "nodes", subjects: [...situation.lostNodes, ...situation.livingNodes] },
      want: { is: "True" },
    },
    window: afterwards,
    ...budgetOf(nodeBack(situation)),
    link: { name: "nodes are Ready", after: "fault" },
  };
}

function vipReturns(situation: Situation): Expectation[] {
  const { finalHolder, successor, outcome } = situation;
  const { keepalived } = situation.input.settings;
  if (finalHolder === null || keepalived === null) return [];
  const moves = outcome === "gone" || finalHolder.machine !== successor?.machine;
  if (!moves)
    return [
      {
        id: "vip.return.stays",
        title: `The VIP stays on ${finalHolder.machine}`,
        judge: {
          kind: "state-holds",
          select: { probe: "vip", subjects: [finalHolder.machine] },
          want: { is: true },
        },
        window: afterwards,
        ...none("No machine that returns has a higher priority, or it may not preempt"),
      },
    ];
  const link = chain(
    "the VIP is back",
    outcome === "serves" ? machineBack(situation) : apiBack(situation),
    failback(finalHolder, keepalived.source),
    nextSlowLook(situation.input),
  );
  return [
    {
      id: "vip.returned",
      title: `The VIP is back on ${finalHolder.machine}, which has the highest priority`,
      judge: {
        kind: "state-within",
        select: { probe: "vip", subjects: [finalHolder.machine] },
        want: { is: true },
      },
      window: afterwards,
      ...budgetOf(link),
      link: { name: "the VIP is back", after: "fault" },
    },
  ];
}

function noWriteLost(): Expectation {
  return {
    id: "writes.lost",
    title: "No acknowledged write is lost",
    judge: { kind: "lost-writes" },
    window: throughout,
    unit: "writes",
    budget: 0,
    why: "A write is acknowledged only when a quorum has it on disk, and a quorum's disks came back",
    inputs: [],
  };
}
