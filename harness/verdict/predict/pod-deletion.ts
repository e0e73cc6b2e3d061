// What must happen when pods are deleted: a Deployment replaces them, a bare pod stays gone, and with graceful
// termination nobody who uses the service notices.
import type { Expectation } from "../expectation.ts";
import { budgetOf, chain, given, type Link } from "./budget.ts";
import { nextSlowLook } from "./common-links.ts";
import { failedRequests, podsGone } from "./expect-deletion.ts";
import { allowancesOf, type Prediction, type PredictionInput } from "./input.ts";
import { during } from "./windows.ts";

export interface PodDeletion {
  /** Names of the Deployment's pods that are deleted. */
  pods: string[];
  /** A pod of its own, without a controller, deleted at the same time. */
  barePod?: string;
  /** Ids of load probes that run meanwhile. */
  loads: string[];
}

export function predictPodDeletion(input: PredictionInput, deletion: PodDeletion): Prediction {
  const { workload } = input;
  // With all of its pods gone at once, nobody is left to answer.
  const graceful = workload.graceful && deletion.pods.length < workload.replicas;
  const link = replacement(input);
  const all = String(workload.replicas);
  const seconds = (budgetOf(link).budget ?? 0).toPrecision(3);
  const requests = graceful
    ? "no request fails, because each pod leaves its endpoints before it stops"
    : "some requests may fail, because nothing keeps them from a pod that stops";
  return {
    statements: [
      `Deleted: ${deletion.pods.join(", ")}; ${all} of ${all} pods are Ready again within ${seconds} s.`,
      `While load is running, ${requests}.`,
      ...(deletion.barePod === undefined ? [] : [`${deletion.barePod} has no controller and stays gone.`]),
    ],
    expectations: [
      replaced(input, link),
      ...(deletion.loads.length === 0 ? [] : [failedRequests(deletion.loads, during, spared(graceful))]),
      ...(deletion.barePod === undefined
        ? []
        : [
            podsGone(input, {
              id: "bare-pod.stays-gone",
              title: "The pod without a controller stays gone",
              pods: [deletion.barePod],
              link: "the bare pod is gone",
            }),
          ]),
    ],
  };
}

/** The ReplicaSet counts a pod out as soon as it is being deleted (kubernetes pkg/controller `FilterActivePods`). */
function replacement(input: PredictionInput) {
  const allowances = allowancesOf(input);
  return chain(
    "replaced",
    given("the deletion", allowances.requestMs),
    given("controller and scheduler act", allowances.requestMs),
    given("a pod starts", allowances.podStartMs),
    nextSlowLook(input),
  );
}

/** The Deployment has all its pods again. */
export function replaced(input: PredictionInput, link: Link): Expectation {
  const { replicas } = input.workload;
  return {
    id: "pod.replaced",
    title: `${String(replicas)} of ${String(replicas)} pods are Ready again`,
    judge: {
      kind: "state-within",
      select: { probe: "workload", subjects: ["ready"] },
      want: { is: replicas },
      mustChange: true,
    },
    window: during,
    ...budgetOf(link),
    link: { name: "the pod is replaced", after: "fault" },
    headline: true,
  };
}

function spared(graceful: boolean) {
  return {
    zero: graceful,
    why: graceful
      ? "The pod waits before it stops (preStop), so its endpoint is gone before its process is"
      : "the workload has no preStop and no readiness gate",
    headline: true,
  };
}
