// What predictions about a restore share: how long each step may take, its outcome, and the way back of the API.
import type { Expectation, Window } from "../expectation.ts";
import { budgetOf, chain, given, none, slowest, type Link } from "./budget.ts";
import { copied, look, nextLook, podStart, request } from "./common-links.ts";
import type { PredictionInput } from "./input.ts";
import { balancerRise, election, etcdRequestLimitMs, leaderLease, watchBackOff } from "./links.ts";
import type { Situation } from "./situation.ts";
import { takeOver } from "./vrrp.ts";

export interface RestoreLinks {
  stop: Link;
  swap: Link;
  start: Link;
  serve: Link;
  /** From the order to stop until writes are accepted. */
  served: Link;
  declared: Link;
}

/** A few commands on every machine at once; also the members' proof. */
const commands = given("a few commands on every machine", {
  value: 5000,
  source: "allowance: shells, the runtime's client and the service manager",
});

const takenIn = given("a member is taken in", {
  value: 5000,
  source:
    "etcd server: peers must have been connected for `HealthInterval`, 5 s, before another may be added",
});

const stopping = chain(
  "all is stopped",
  given("containers are asked to end, then killed", { value: 3000, source: "the procedure's grace" }),
  commands,
);

/**
 * @param how `in-turn`: the first member is started twice, the others join it one after the other; `bare`: the machines have
 *   nothing but what they are brought
 */
export function restoreLinks(
  situation: Situation,
  how: "at-once" | "in-turn" | "bare" = "at-once",
): RestoreLinks {
  const { allowances, input, finalHolder } = situation;
  const { settings } = input;
  const stop = stopping;
  const swap = chain(
    "the data is in place",
    how === "bare"
      ? chain(
          "configuration is in place, and data is made",
          given("the container runtime is started again", allowances.componentStartMs),
          copied("data is restored", situation),
        )
      : null,
    commands,
  );
  const member = memberStarts(situation);
  const start =
    how === "in-turn"
      ? chain("etcd serves", member, member, ...situation.members.slice(1).flatMap(() => [takenIn, member]))
      : member;
  const serve = chain(
    "the control planes serve",
    given("the API servers' containers start", allowances.componentStartMs),
    commands,
    commands,
    commands,
  );
  const served = chain(
    "the API accepts writes",
    stop,
    swap,
    start,
    commands,
    serve,
    balancerRise(settings),
    finalHolder === null || settings.keepalived === null
      ? null
      : takeOver(finalHolder, true, settings.keepalived.source),
    request(situation),
    nextLook(input),
  );
  const declared = chain(
    "workloads are as declared",
    slowest("controllers and kubelets act", leaderLease(settings), watchBackOff()),
    request(situation),
    slowest(
      "old containers end, new ones start",
      given("termination", input.workload.terminationGraceMs),
      podStart(situation),
    ),
    look(situation),
  );
  return { stop, swap, start, serve, served, declared };
}

function memberStarts({ allowances, input }: Situation): Link {
  const { settings } = input;
  return chain(
    "etcd serves",
    commands,
    // As a container or as a service.
    given("etcd starts", allowances.componentStartMs),
    // etcd server/etcdserver/corrupt.go, `InitialCheck`: a member asks its peers before it serves.
    given("members compare their data before they serve", {
      value: etcdRequestLimitMs(settings),
      source: "etcd: request time-out of 5 s + 2 × election time-out",
    }),
    election(settings),
  );
}

/** From a booted machine with old data until its control plane serves the cluster that it has joined. */
export function joinLink(situation: Situation): Link {
  return chain(
    "it joins",
    stopping,
    takenIn,
    memberStarts(situation),
    given("the API server's container starts", situation.allowances.componentStartMs),
    commands,
  );
}

/** The leases of controllers run out, and those who were put off ask again. */
export function controllersAct({ settings }: PredictionInput): Link {
  return chain(
    "controllers work",
    slowest("controllers and kubelets act", leaderLease(settings), watchBackOff()),
  );
}

export function restoreOutcome(name: string, committed: string, title: string): Expectation {
  return {
    id: `${name === "outage" ? "restore" : name}.outcome`,
    title,
    judge: { kind: "fact", name: `${name}.outcome`, want: { is: committed } },
    window: { from: `${name}.inject` },
    ...none("Otherwise the old data is served again"),
  };
}

export function writesReturn(
  { input }: Situation,
  id: string,
  title: string,
  served: Link,
  window: Window,
): Expectation {
  const { vip, machines } = input.topology;
  const way = vip === null ? (machines.find((each) => each.role === "control-plane")?.name ?? "") : "vip";
  return {
    id,
    title,
    judge: { kind: "back-within", probes: [`api.${way}.write.fresh`] },
    window,
    ...budgetOf(served),
  };
}
