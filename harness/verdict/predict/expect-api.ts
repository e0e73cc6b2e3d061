// The API: how long it may be away while a quorum lives, and that it really stops where none does.
import type { Expectation } from "../expectation.ts";
import { budgetOf, chain, given, inputOf, slowest, type Link } from "./budget.ts";
import { unluckyRun } from "./chance.ts";
import { injection, newLeader, nextLook, nextSlowLook, request, vipMove } from "./common-links.ts";
import { balancerDrop, etcdRequestLimitMs } from "./links.ts";
import type { Situation } from "./situation.ts";
import { during, onceBroken } from "./windows.ts";

export function apiExpectations(situation: Situation): Expectation[] {
  const hasVip = situation.input.topology.vip !== null;
  if (situation.outcome === "serves")
    return [
      ...(hasVip
        ? [longestGap(situation), back(situation, "read"), back(situation, "write"), kept(situation)]
        : []),
      direct(situation),
    ];
  const stops = [stopped(situation, "write"), stopped(situation, "read")];
  return situation.outcome === "gone" ? stops : [...stops, boundedErrors(situation)];
}

/** What users feel: the longest time in which nothing was answered. Counted from gap to gap, so no injection in it. */
function longestGap(situation: Situation): Expectation {
  const link = chain(
    "the longest gap",
    slowest("the way is clear", vipMove(situation), newLeader(situation)),
    deadEnds(situation),
    request(situation),
    nextLook(situation.input),
  );
  return {
    id: "api.unavailable",
    title: "The API through the VIP is away for no longer than the failover takes",
    judge: { kind: "longest-gap", probes: ["api.vip.read.fresh", "api.vip.write.fresh"] },
    window: during,
    ...budgetOf(link),
    headline: true,
  };
}

function back(situation: Situation, verb: "read" | "write"): Expectation {
  const link = chain(
    "the API is back",
    injection(situation),
    slowest(
      "every way is clear",
      vipMove(situation),
      newLeader(situation),
      balancerDrop(situation.input.settings),
    ),
    request(situation),
    nextLook(situation.input),
  );
  return {
    id: `api.${verb}.back`,
    title: `The API ${verb === "read" ? "answers reads" : "accepts writes"} through the VIP on new connections, for good`,
    judge: { kind: "back-within", probes: [`api.vip.${verb}.fresh`] },
    window: during,
    ...budgetOf(link),
    link: { name: `API ${verb}s are back`, after: situation.vipHolderLost ? "vip.moved" : "fault" },
  };
}

/** Until haproxy has noticed, each new connection may be sent to a dead API server. */
function deadEnds(situation: Situation): Link | null {
  const { input, livingControlPlanes } = situation;
  const all = input.topology.machines.filter((each) => each.role === "control-plane").length;
  const drop = balancerDrop(input.settings);
  if (drop === null) return null;
  const inARow = unluckyRun((all - livingControlPlanes.length) / all, drop.ms / input.tickMs);
  return {
    name: "attempts that haproxy sends to the dead server in a row",
    ms: Math.min(drop.ms, inARow * input.tickMs),
    how: `at most ${String(inARow)} ticks but once in a million runs, and no longer than haproxy takes to notice`,
    inputs: drop.inputs,
  };
}

/** A connection to a dead machine stays silent until the client itself gives it up. */
function kept(situation: Situation): Expectation {
  const { settings, apiTimeoutMs } = situation.input;
  const { http2ReadIdleMs, http2PingMs } = settings.kubelet;
  const patience: Link =
    apiTimeoutMs === undefined
      ? {
          name: "the client gives up its connection",
          ms: http2ReadIdleMs.value + http2PingMs.value,
          how: "HTTP/2 read idle + ping time-out",
          inputs: [inputOf("HTTP/2 read idle", http2ReadIdleMs), inputOf("HTTP/2 ping", http2PingMs)],
        }
      : given("the client gives up its connection", { value: apiTimeoutMs, source: "the probe's time-out" });
  const link = chain(
    "kept connections are replaced",
    injection(situation),
    slowest("connection and way", patience, vipMove(situation), newLeader(situation), balancerDrop(settings)),
    request(situation),
    nextSlowLook(situation.input),
  );
  return {
    id: "api.kept.back",
    title: "Clients with kept connections through the VIP are served again",
    judge: { kind: "back-within", probes: ["api.vip.read.kept", "api.vip.write.kept"] },
    window: during,
    ...budgetOf(link),
    link: { name: "kept connections are back", after: "api.read.back" },
  };
}

/** A stacked API server lives with its own member, so on living machines only an election may be felt. */
function direct(situation: Situation): Expectation {
  const link = chain("the gap", newLeader(situation), request(situation), nextSlowLook(situation.input));
  return {
    id: "api.direct.unavailable",
    title: "API servers on living machines answer on their own addresses",
    judge: {
      kind: "longest-gap",
      probes: situation.livingControlPlanes.flatMap((machine) => [
        `api.${machine}.read.fresh`,
        `api.${machine}.write.fresh`,
      ]),
    },
    window: during,
    ...budgetOf(link),
    link: { name: "API servers answer", after: situation.leaderLost ? "etcd.leader.new" : "fault" },
  };
}

/** Both directions: without quorum nothing may be written, and no read may pretend to be current. */
function stopped(situation: Situation, verb: "read" | "write"): Expectation {
  const { livingControlPlanes, input, voters, livingVoters, quorum } = situation;
  const ways = [...(input.topology.vip === null ? [] : ["vip"]), ...livingControlPlanes];
  const probes = ways.length > 0 ? ways : situation.off.slice(0, 1);
  const votes = `${String(livingVoters)} of ${String(voters)} votes live, ${String(quorum)} are needed`;
  const link = chain("the last answer", request(situation), nextSlowLook(input));
  const budget = budgetOf(link);
  return {
    id: `api.${verb}.stopped`,
    title: verb === "write" ? "The API accepts no writes" : "The API answers no linearizable reads",
    judge: { kind: "stopped", probes: probes.map((way) => `api.${way}.${verb}.fresh`) },
    window: onceBroken,
    ...budget,
    why: `${situation.outcome === "gone" ? "No API server lives" : votes}; only a request under way may still be answered: ${budget.why}`,
    headline: verb === "write",
    link: { name: `API ${verb}s stop`, after: "fault" },
  };
}

/** etcd refuses after its own limit; the API server ends a request after its limit at the latest. */
function boundedErrors(situation: Situation): Expectation {
  const { settings, topology } = situation.input;
  const limit = given("an API server's request limit", settings.apiServer.requestTimeoutMs);
  const link = chain("an error comes", limit, request(situation));
  const way = topology.vip === null ? situation.livingControlPlanes[0] : "vip";
  return {
    id: "api.errors.bounded",
    title: "Requests in vain end with an error in bounded time",
    judge: {
      kind: "bounded-errors",
      probes: [`api.${way ?? ""}.write.patient`, `api.${way ?? ""}.read.patient`],
    },
    window: onceBroken,
    ...budgetOf(link),
    expected: etcdRequestLimitMs(settings) / 1000,
  };
}
