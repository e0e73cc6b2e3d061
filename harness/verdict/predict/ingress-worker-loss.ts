// What users of the ingress feel when a worker loses its power, while they come in through another one: requests that
// would have been that worker's fail, those of others do not, and none does once its endpoints are out.
import type { Expectation } from "../expectation.ts";
import { budgetOf, chain, figure, given, type Link } from "./budget.ts";
import { unluckyCount } from "./chance.ts";
import { nodesMarked, request } from "./common-links.ts";
import { deadPods } from "./expect-http.ts";
import { nodeExpectations } from "./expect-nodes.ts";
import { recoveryExpectations } from "./expect-recovery.ts";
import { podsReturn } from "./expect-return.ts";
import { ingressApplies, nextUser, nothingFails, usersHit, type Users } from "./expect-users.ts";
import { containersAlive, podMarks, podsLost } from "./expect-workload.ts";
import type { Prediction, PredictionInput } from "./input.ts";
import { nodeSilenceEarliestMs } from "./links.ts";
import { situationOf, type Situation } from "./situation.ts";

/** So long users are watched after the last one that may fail, to see that really none does. */
const cleanMs = 20_000;

export interface IngressWorkerLoss {
  /** A worker through which no user comes; it loses its power under the fault name "outage". */
  machine: string;
  users: Users;
}

export function predictIngressWorkerLoss(
  input: PredictionInput,
  { machine, users }: IngressWorkerLoss,
): Prediction {
  const situation = situationOf(input, [machine]);
  const out = deadPodsOut(situation);
  const lost = String(podsLost(situation));
  const all = String(input.workload.replicas);
  const most = String(mostFailed(situation, users));
  return {
    statements: [
      `${lost} of ${all} pods are on ${machine}: until their endpoints are out, every request to them fails; that is ${lost} of ${all} requests, ${most} at most.`,
      `The node is marked ${figure(nodeSilenceEarliestMs(input.settings))} after the power cut at the earliest; from ${figure(out.ms)} on no request fails any more.`,
    ],
    expectations: [
      ...nodeExpectations(situation),
      ...podMarks(situation),
      ...hit(situation, users),
      ...cleanAgain(situation, users),
      ...containersAlive(situation),
      ...recoveryExpectations(situation),
      ...stayed(situation, machine),
    ],
  };
}

/** How long the machine stays off, ms: until no request may fail any more, and a while to see it. */
export function ingressWorkerLossMs(input: PredictionInput, machine: string): number {
  return deadPodsOut(situationOf(input, [machine])).ms + cleanMs;
}

/** Pods that tolerate the outage are bound to the machine still, and come back with it; others are elsewhere by then. */
function stayed(situation: Situation, machine: string): Expectation[] {
  const offMs = deadPodsOut(situation).ms + cleanMs;
  if (situation.input.workload.tolerationMs.value <= offMs) return [];
  return [podsReturn(situation, machine, "workload"), podsReturn(situation, machine, "endpoints")];
}

/** The controller's own health checks, if it has any, may be sooner; the endpoints go without them. */
function deadPodsOut(situation: Situation): Link {
  return chain(
    "dead pods get no more requests",
    nodesMarked(situation),
    request(situation),
    ingressApplies(situation.input),
  );
}

function mostFailed(situation: Situation, users: Users): number {
  const sent = (users.rateHz * deadPodsOut(situation).ms) / 1000;
  return unluckyCount(deadShare(situation), sent);
}

function deadShare(situation: Situation): number {
  return podsLost(situation) / situation.input.workload.replicas;
}

function hit(situation: Situation, users: Users): Expectation[] {
  const { workload } = situation.input;
  const out = deadPodsOut(situation);
  const failed = mostFailed(situation, users);
  const counts = { unit: "none", source: "the workload before the fault" };
  return usersHit(users, {
    failed,
    watchedMs: out.ms + cleanMs,
    gap: chain(
      "the longest gap",
      deadPods(situation, 1000 / users.rateHz),
      given("one HTTP request", situation.allowances.requestMs),
      nextUser(users),
    ),
    why: `${String(users.rateHz)} requests a second for ${figure(out.ms)} (${out.how}), of which ${String(podsLost(situation))} in ${String(workload.replicas)} go to dead pods; more than ${String(failed)} only once in a million runs`,
    inputs: [
      ...out.inputs,
      { name: "pods on lost machines", value: podsLost(situation), ...counts },
      { name: "pods", value: workload.replicas, ...counts },
    ],
    after: "endpoints.marked",
  });
}

function cleanAgain(situation: Situation, users: Users): Expectation[] {
  const out = deadPodsOut(situation);
  const later: Expectation = {
    ...nothingFails(users, {
      id: "requests.failed-later",
      title: "No request fails once the dead endpoints are out",
      why: `Looked at from ${budgetOf(out).why} after the power cut on`,
      window: { from: "outage.inject", delayMs: out.ms, to: "outage.heal" },
    }),
    inputs: out.inputs,
    link: { name: "no request fails any more", after: "endpoints.marked" },
  };
  // Without a readiness gate a pod gets requests before it listens.
  if (!situation.input.workload.graceful) return [later];
  return [
    later,
    nothingFails(users, {
      id: "requests.return.failed",
      title: "No request fails while the worker returns",
      why: "Its pods get requests again only when they are Ready",
      window: { from: "outage.heal", to: "recovered" },
    }),
  ];
}
