// The workload: pods on lost machines are marked, evicted and replaced; containers on living machines run on untouched.
import type { Expectation, Window } from "../expectation.ts";
import { budgetOf, chain, none } from "./budget.ts";
import { nextSlowLook, nodesMarked, podsEvicted, podStart, request } from "./common-links.ts";
import { nodeSilenceEarliestMs } from "./links.ts";
import type { Situation } from "./situation.ts";
import { during, untilReplaced, untilReplacedAgain } from "./windows.ts";

/** A container's id never comes back, so no blind stretch can hide a restart. */
export const everMs = 86_400_000;

/** @param window until when pods that were evicted stay on their way out: nothing is known of them without their node */
export function workloadExpectations(situation: Situation, window: Window = during): Expectation[] {
  const alive = containersAlive(situation);
  if (situation.outcome !== "serves" || podsLost(situation) === 0) return alive;
  const marks = podMarks(situation, window);
  if (evictionStops(situation)) return [...marks, ...alive];
  return [...marks, evicted(situation, window), full(situation, window), ...alive];
}

/** The lost machine's pods are called not Ready and get no traffic, long before they are evicted. */
export function podMarks(situation: Situation, window: Window = during): Expectation[] {
  return [marked(situation, "workload", window), marked(situation, "endpoints", window)];
}

/** Demo pods on the machines that are lost. */
export function podsLost({ input, off }: Situation): number {
  return off.reduce((sum, machine) => sum + podsOn(input, machine).length, 0);
}

/**
 * With more than 55 % of the nodes silent, a cluster of at most 50 nodes evicts nothing.
 * Source: kube-controller-manager `--unhealthy-zone-threshold`, `--large-cluster-size-threshold`.
 */
export function evictionStops({ lostNodes, livingNodes }: Situation): boolean {
  const all = lostNodes.length + livingNodes.length;
  return all <= 50 && lostNodes.length / all > 0.55;
}

function lostWithPods({ input, off }: Situation): string[] {
  return off.filter((machine) => podsOn(input, machine).length > 0);
}

/** Names of the demo's pods on a machine. */
export function podsOn({ workload }: Situation["input"], machine: string): string[] {
  return workload.podsByMachine[machine] ?? [];
}

function marked(situation: Situation, probe: "workload" | "endpoints", window: Window): Expectation {
  const { input } = situation;
  return {
    id: `${probe}.marked`,
    title:
      probe === "workload"
        ? "The pods of the lost machine are no longer called Ready"
        : "The lost machine's endpoints are taken out",
    judge: {
      kind: "state-within",
      select: { probe, subjects: lostWithPods(situation).map((machine) => `on:${machine}`) },
      want: { is: 0 },
      earliestMs: nodeSilenceEarliestMs(input.settings),
    },
    window,
    ...budgetOf(chain("marked", nodesMarked(situation), request(situation))),
    link: { name: probe === "workload" ? "pods are marked" : "endpoints are out", after: "nodes.marked" },
  };
}

function evicted(situation: Situation, window: Window): Expectation {
  const { input } = situation;
  return {
    id: "workload.evicted",
    title: "The pods of the lost machine are evicted when their toleration is over",
    judge: {
      kind: "state-within",
      select: { probe: "workload", subjects: ["terminating"] },
      want: { atLeast: podsLost(situation) },
      earliestMs: nodeSilenceEarliestMs(input.settings) + input.workload.tolerationMs.value,
    },
    window,
    ...budgetOf(chain("evicted", podsEvicted(situation), nextSlowLook(input))),
    link: { name: "pods are evicted", after: "nodes.marked" },
  };
}

function full(situation: Situation, window: Window): Expectation {
  const { workload, settings } = situation.input;
  const all = String(workload.replicas);
  return {
    id: "workload.full",
    title: `${all} of ${all} pods are Ready again`,
    judge: {
      kind: "state-within",
      select: { probe: "workload", subjects: ["ready"] },
      want: { is: workload.replicas },
      earliestMs: nodeSilenceEarliestMs(settings) + workload.tolerationMs.value,
    },
    window,
    ...budgetOf(
      chain(
        "full again",
        podsEvicted(situation),
        request(situation),
        podStart(situation),
        nextSlowLook(situation.input),
      ),
    ),
    link: { name: "pods are replaced", after: "workload.evicted" },
    headline: true,
  };
}

/** Not one workload container on the machines that stay on stops or restarts. */
export function containersAlive(situation: Situation): Expectation[] {
  const { input, living } = situation;
  const { namespace } = input.workload;
  // By pod: a container of a pod that was deleted before the fault may still be on its way out.
  const subjects = living.flatMap((machine) =>
    podsOn(input, machine).map((pod) => `${machine}/${namespace}/${pod}/*`),
  );
  if (subjects.length === 0) return [];
  return [
    {
      id: "workload.containers-run-on",
      title: "On the machines that stay on, not one workload container stops or restarts",
      judge: {
        kind: "state-unchanged",
        select: {
          probe: "containers",
          subjects,
          bridgeMs: everMs,
        },
      },
      window: untilReplaced,
      ...none("Kubelet and runtime need no control plane to keep containers running"),
      headline: situation.outcome !== "serves",
    },
  ];
}

/** After a machine is back, or may be used again: what was made elsewhere stays there. */
export function nothingMovesBack(machine: string): Expectation {
  return {
    id: "workload.stays-away",
    title: `No pod of the Deployment moves back to ${machine}`,
    judge: {
      kind: "state-holds",
      select: { probe: "workload", subjects: [`on:${machine}`] },
      want: { is: 0 },
    },
    window: untilReplacedAgain,
    ...none("A pod is bound to its node for life; Kubernetes moves nothing for the sake of balance"),
  };
}
