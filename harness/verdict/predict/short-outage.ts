// What must happen when a worker is off for longer than the grace period and for less than the toleration of its pods:
// it is noticed, traffic goes elsewhere, and then the very same pods are back. Nothing is evicted, nothing is made anew.
import { inconclusiveError } from "../../base/errors.ts";
import type { Expectation } from "../expectation.ts";
import { figure, inputOf, none } from "./budget.ts";
import { nodeBack, nodesMarked } from "./common-links.ts";
import { httpExpectations } from "./expect-http.ts";
import { nodeExpectations } from "./expect-nodes.ts";
import { recoveryExpectations } from "./expect-recovery.ts";
import { podsBack, podsReturn } from "./expect-return.ts";
import { containersAlive, everMs, podMarks, podsOn } from "./expect-workload.ts";
import type { Prediction, PredictionInput } from "./input.ts";
import { nodeSilenceEarliestMs } from "./links.ts";
import { situationOf, type Situation } from "./situation.ts";
import { untilReplaced } from "./windows.ts";

/** How much of the time between "surely noticed" and "too late to be back before an eviction" is waited. */
const share = 1 / 4;

/** @param machine a worker that loses its power under the fault name "outage" and gets it back after `shortOutageMs` */
export function predictShortOutage(input: PredictionInput, machine: string): Prediction {
  const situation = situationOf(input, [machine]);
  const pods = podsOn(input, machine);
  const { tolerationMs } = input.workload;
  return {
    statements: [
      `Node ${situation.lostNodes.join(", ")} is marked between ${figure(nodeSilenceEarliestMs(input.settings))} and ${figure(nodesMarked(situation).ms)} after the power cut; its ${String(pods.length)} pods get no traffic from then on.`,
      `Power returns after ${figure(shortOutageMs(input, machine))}, before their toleration of ${figure(tolerationMs.value)} is over: the same pods are Ready again within ${figure(podsBack(situation).ms)}, none is evicted and none is made elsewhere.`,
    ],
    expectations: [
      ...nodeExpectations(situation),
      ...podMarks(situation),
      noneEvicted(situation, machine),
      samePods(situation, machine),
      ...containersAlive(situation),
      ...httpExpectations(situation),
      podsReturn(situation, machine, "workload"),
      podsReturn(situation, machine, "endpoints"),
      ...recoveryExpectations(situation),
    ],
  };
}

/**
 * How long the machine stays off: until it was surely noticed, and a share of the time that is left until it must be
 * back, so that not even the earliest possible eviction comes before it.
 * @throws KubedrillError (inconclusive) when the toleration leaves no such time
 */
export function shortOutageMs(input: PredictionInput, machine: string): number {
  const situation = situationOf(input, [machine]);
  const { tolerationMs } = input.workload;
  const noticedMs = nodesMarked(situation).ms;
  const earliestEvictionMs = nodeSilenceEarliestMs(input.settings) + tolerationMs.value;
  const latestMs = earliestEvictionMs - nodeBack(situation).ms;
  if (latestMs <= noticedMs)
    throw inconclusiveError(
      `No outage is long enough to be noticed (${figure(noticedMs)}) and short enough for a toleration of ${figure(tolerationMs.value)}: the machine needs up to ${figure(nodeBack(situation).ms)} to come back.`,
      {
        hint: `give the plan's workload a toleration of more than ${figure(tolerationMs.value + noticedMs - latestMs)}`,
      },
    );
  return noticedMs + (latestMs - noticedMs) * share;
}

function noneEvicted({ input }: Situation, machine: string): Expectation {
  const { tolerationMs } = input.workload;
  const offMs = shortOutageMs(input, machine);
  return {
    id: "workload.none-evicted",
    title: "No pod is evicted or deleted",
    judge: {
      kind: "state-holds",
      select: { probe: "workload", subjects: ["terminating"] },
      want: { is: 0 },
    },
    window: untilReplaced,
    ...none(
      `The machine is off for ${figure(offMs)} and back before any toleration of ${figure(tolerationMs.value)} can be over`,
      [inputOf("toleration of an unreachable node", tolerationMs)],
    ),
    link: { name: "nothing is evicted", after: "nodes.marked" },
  };
}

/** By UID: a successor would have another. */
function samePods({ input }: Situation, machine: string): Expectation {
  return {
    id: "workload.same-pods",
    title: "The machine's pods are the same as before, by name and UID",
    judge: {
      kind: "state-unchanged",
      select: {
        probe: "workload",
        subjects: podsOn(input, machine).map((pod) => `uid:${pod}`),
        bridgeMs: everMs,
      },
    },
    window: untilReplaced,
    ...none("A pod is bound to its node for life; only a deleted one is made anew, under another UID"),
    link: { name: "the same pods", after: "workload.none-evicted" },
    headline: true,
  };
}
