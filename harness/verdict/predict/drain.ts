// What must happen when a node is drained three times: without flags it refuses, against a disruption budget that allows
// nothing it waits in vain, and with a budget of one pod at a time it empties the node and no user notices.
import { chain, figure, given, type Link } from "./budget.ts";
import { nextSlowLook, podStart, request } from "./common-links.ts";
import { worksAsBefore } from "./expect-controllers.ts";
import { failedRequests } from "./expect-deletion.ts";
import {
  daemonStays,
  empties,
  fromFirstToLast,
  nodeStates,
  refuses,
  respectsBudget,
} from "./expect-drain.ts";
import { nothingMovesBack, podsOn } from "./expect-workload.ts";
import type { Prediction, PredictionInput } from "./input.ts";
import { situationOf, type Situation } from "./situation.ts";

/** Faults: "refusal" (no flags), "blocked" (a budget of 0), "outage" (a budget of 1). */
export interface DrainPlan {
  machine: string;
  /** Names, in the workload's namespace. */
  barePod: string;
  daemonPod: string;
  disruptionBudget: string;
  /** Between two tries of an eviction that was put off. */
  retryMs: number;
  /** How long the drain against a budget of 0 is tried. */
  patienceMs: number;
  /** Ids of load probes that run all the time. */
  loads: string[];
}

export function predictDrain(input: PredictionInput, plan: DrainPlan): Prediction {
  // No machine is off.
  const situation = situationOf(input, []);
  const { namespace, replicas } = input.workload;
  const name = (object: string) => `${namespace}/${object}`;
  const pods = podsOn(input, plan.machine);
  const links = drainLinks(situation, plan);
  return {
    statements: [
      `Without flags the drain of ${plan.machine} refuses and names ${plan.barePod} (no controller) and ${plan.daemonPod} (DaemonSet).`,
      `Against a disruption budget of 0 it waits ${figure(plan.patienceMs)} and names ${name(plan.disruptionBudget)}; ${plan.barePod}, which no budget protects, is lost.`,
      `With a budget of 1 its ${String(pods.length)} pods leave one after the other within ${figure(links.emptied.ms)}; ${String(replicas)} of ${String(replicas)} are Ready within ${figure(links.full.ms)}.`,
      ...(spared(input) ? ["No request fails."] : []),
      "The DaemonSet's pod stays, and nothing moves back after uncordoning.",
    ],
    facts: {
      refused: [name(plan.barePod), name(plan.daemonPod)],
      "blocked-by": [name(plan.disruptionBudget)],
    },
    expectations: [
      ...refuses(situation, plan),
      ...respectsBudget(situation, plan),
      failedRequests(plan.loads, fromFirstToLast, {
        zero: spared(input),
        why: spared(input)
          ? "Other replicas serve, and a pod waits before it stops (preStop), so its endpoint is gone before its process is"
          : "a single replica, or pods without preStop and readiness gate",
        headline: true,
      }),
      ...empties(situation, plan, links),
      daemonStays(plan),
      ...nodeStates(situation, plan),
      nothingMovesBack(plan.machine),
      ...worksAsBefore(situation),
    ],
  };
}

/** With another replica to go to and a pod that waits before it stops, nobody needs to lose anything. */
function spared({ workload }: PredictionInput): boolean {
  return workload.graceful && workload.replicas >= 2;
}

/** One pod after the other: the budget allows the next eviction when the replacement of the last one is Ready. */
function drainLinks(situation: Situation, { machine, retryMs }: DrainPlan): { emptied: Link; full: Link } {
  const pods = podsOn(situation.input, machine);
  const between = pods
    .slice(1)
    .flatMap(() => [
      given("controller and scheduler act", situation.allowances.requestMs),
      podStart(situation),
      given("the eviction is tried again", { value: retryMs, source: "the drill's pause between two tries" }),
      request(situation),
    ]);
  const emptied = chain(
    "the node is empty",
    given("cordon and list", situation.allowances.requestMs),
    request(situation),
    ...between,
    nextSlowLook(situation.input),
  );
  const acts = given("controller and scheduler act", situation.allowances.requestMs);
  return { emptied, full: chain("full again", emptied, acts, podStart(situation)) };
}
