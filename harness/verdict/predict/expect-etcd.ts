// etcd: its leader and its members, asked by its own endpoints.
import type { Expectation } from "../expectation.ts";
import { budgetOf, chain, none } from "./budget.ts";
import { injection, look, newLeader, nextSlowLook } from "./common-links.ts";
import { etcdRequestLimitMs } from "./links.ts";
import type { Situation } from "./situation.ts";
import { during } from "./windows.ts";

export function etcdExpectations(situation: Situation): Expectation[] {
  if (situation.outcome === "serves")
    return [leader(situation), healthy(situation, situation.livingMembers.length)];
  if (situation.livingMembers.length === 0) return [];
  return [noLeader(situation), healthy(situation, 0)];
}

function leader(situation: Situation): Expectation {
  const { topology } = situation.input;
  if (!situation.leaderLost)
    return {
      id: "etcd.leader.stays",
      title: `etcd's leader stays on ${topology.etcd.leader ?? "its machine"}`,
      // A new leader is a new term; the view of the leader may blink when one member answers late.
      judge: { kind: "state-unchanged", select: { probe: "etcd", subjects: ["term"] } },
      window: during,
      ...none("The leader lives and still hears a quorum, so no election is needed"),
    };
  const votes = topology.etcd.members.filter(
    (each) => !each.learner && !situation.off.includes(each.machine),
  );
  return {
    id: "etcd.leader.new",
    title: "etcd has a new leader",
    judge: {
      kind: "state-within",
      select: { probe: "etcd", subjects: ["leader"] },
      want: { oneOf: votes.map((each) => each.machine) },
    },
    window: during,
    ...budgetOf(
      chain(
        "a new leader is seen",
        injection(situation),
        newLeader(situation),
        look(situation),
        nextSlowLook(situation.input),
      ),
    ),
    link: { name: "etcd elects a leader", after: "fault" },
  };
}

function healthy(situation: Situation, count: number): Expectation {
  const all = String(situation.members.length);
  return {
    id: "etcd.members.healthy",
    title:
      count === 0
        ? "No etcd member calls itself healthy without a quorum"
        : `${String(count)} of ${all} etcd members are healthy`,
    judge: {
      kind: "state-within",
      select: { probe: "etcd", subjects: ["members-healthy"] },
      want: { is: count },
    },
    window: during,
    ...budgetOf(
      chain(
        "members are seen",
        injection(situation),
        newLeader(situation),
        look(situation),
        nextSlowLook(situation.input),
      ),
    ),
  };
}

/** A leader that hears no quorum steps down within an election time-out (raft's CheckQuorum, on in etcd). */
function noLeader(situation: Situation): Expectation {
  const { settings } = situation.input;
  const { voters, livingVoters, quorum } = situation;
  return {
    id: "etcd.leader.none",
    title: "etcd has no leader",
    judge: { kind: "state-within", select: { probe: "etcd", subjects: ["leader"] }, want: { is: null } },
    window: during,
    ...budgetOf(
      chain(
        "the leader is gone",
        injection(situation),
        {
          name: "a leader without quorum steps down",
          ms: etcdRequestLimitMs(settings) - 5000,
          how: "2 × election time-out",
          inputs: [],
        },
        look(situation),
        nextSlowLook(situation.input),
      ),
    ),
    link: {
      name: `quorum lost: ${String(livingVoters)} of ${String(voters)}, ${String(quorum)} needed`,
      after: "fault",
    },
  };
}
