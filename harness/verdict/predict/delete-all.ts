// What must happen when every pod of a namespace is deleted at once: each controller makes its own anew, all of them
// together, and nobody else helps. Users feel it; how much is a figure.
import type { Expectation } from "../expectation.ts";
import { budgetOf, chain, given, type Link } from "./budget.ts";
import { nextSlowLook } from "./common-links.ts";
import { failedRequests, podsGone } from "./expect-deletion.ts";
import { allowancesOf, type ExtraFacts, type Prediction, type PredictionInput } from "./input.ts";
import { replaced } from "./pod-deletion.ts";
import { during } from "./windows.ts";

export interface AllDeleted {
  /** Names of the Deployment's pods. */
  pods: string[];
  /** Ids of load probes that run meanwhile. */
  loads: string[];
}

export function predictDeleteAll(input: PredictionInput, { pods, loads }: AllDeleted): Prediction {
  const others = controlled(input);
  const link = together(input);
  const all = String(input.workload.replicas);
  const seconds = (ms: number) => `${(ms / 1000).toPrecision(3)} s`;
  return {
    statements: [
      `Deleted at once: all ${all} pods of the Deployment${others.length === 0 ? "" : ` and ${String(others.length)} of other controllers`}; ${all} of ${all} are Ready again within ${seconds(link.ms)}.`,
      ...(others.length === 0
        ? []
        : [
            `A StatefulSet's pod is made anew only when the old one has ended: all others are Ready within ${seconds(afterTheOld(input).ms)}.`,
          ]),
      "Requests may fail until the first new pods are Ready.",
    ],
    expectations: [
      replaced(input, link),
      ...(others.length === 0 ? [] : [othersReplaced(input, others.length)]),
      podsGone(input, {
        id: "old-pods.gone",
        title: "Every one of the old pods is gone",
        pods,
        link: "the old pods are gone",
      }),
      ...(loads.length === 0
        ? []
        : [
            failedRequests(loads, during, {
              zero: false,
              why: "for a while there is nobody who could answer",
              headline: false,
            }),
          ]),
    ],
  };
}

/** Pods of extras that a controller makes anew. */
function controlled({ extras = [] }: PredictionInput): ExtraFacts["pods"] {
  return extras.filter((each) => each.kind !== "bare-pod").flatMap((each) => each.pods);
}

/**
 * A ReplicaSet makes pods in batches that double from 1, each after the one before was accepted, so that a quota is not
 * stormed. Source: kubernetes pkg/controller/replicaset/replica_set.go, `slowStartBatch`.
 */
function batches(input: PredictionInput): Link {
  const { requestMs } = allowancesOf(input);
  const { replicas } = input.workload;
  const count = Math.ceil(Math.log2(replicas + 1));
  return {
    name: "the controller makes pods",
    ms: count * requestMs.value,
    how: `${String(count)} batches of 1, 2, 4 … for ${String(replicas)} pods, one API request each`,
    inputs: [
      { name: "pods", value: replicas, unit: "none", source: "the demo workload" },
      { name: "one API request", value: requestMs.value / 1000, unit: "s", source: requestMs.source },
    ],
  };
}

function together(input: PredictionInput): Link {
  const allowances = allowancesOf(input);
  return chain(
    "replaced",
    given("the deletion", allowances.requestMs),
    batches(input),
    given("the scheduler acts", allowances.requestMs),
    given("a pod starts", allowances.podStartMs),
    nextSlowLook(input),
  );
}

function afterTheOld(input: PredictionInput): Link {
  const allowances = allowancesOf(input);
  return chain(
    "replaced",
    given("the deletion", allowances.requestMs),
    given("termination of the old pod", input.workload.terminationGraceMs),
    given("controller and scheduler act", allowances.requestMs),
    given("a pod starts", allowances.podStartMs),
    nextSlowLook(input),
  );
}

function othersReplaced(input: PredictionInput, count: number): Expectation {
  return {
    id: "others.replaced",
    title: `${String(count)} of ${String(count)} pods of StatefulSet and DaemonSet are Ready again`,
    judge: {
      kind: "state-within",
      select: { probe: "extras", subjects: ["ready"] },
      want: { is: count },
      mustChange: true,
    },
    window: during,
    ...budgetOf(afterTheOld(input)),
    link: { name: "the others are replaced", after: "fault" },
  };
}
