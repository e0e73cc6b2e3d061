// What must happen when a node is drained three times: without flags it refuses, against a disruption budget that allows
// nothing it waits in vain, and with a budget of one pod at a time it empties the node and no user notices.
import { chain, figure, given, type Link } from "./budget.ts";
import { nextSlowLook, podStart, request } from "./common-links.ts";
import { worksAsBefore } from "./expect-controllers.ts";
import { failedRequests } from "./expect-deletion.ts";
import {
  budgetKept,
  daemonStays,
  empties,
  fromFirstToLast,
  nodeStates,
  refuses,
  respectsBudget,
} from "./expect-drain.ts";
import { during } from "./windows.ts";
import { nothingMovesBack, podsOn } from "./expect-workload.ts";
import type { Prediction, PredictionInput } from "./input.ts";
import { situationOf, type Situation } from "./situation.ts";

/** Faults: "refusal" (no flags), "blocked" (a budget of 0), "outage" (a budget of 1, or whatever the user's own has). */
export interface DrainPlan {
  machine: string;
  /** Between two tries of an eviction that was put off. */
  retryMs: number;
  /** Ids of load probes that run all the time. */
  loads: string[];
  /** The two drains before it; null: they are left out, because the workload is not the drill's. */
  careless: CarelessDrains | null;
}

/** Names are in the workload's namespace. */
export interface CarelessDrains {
  barePod: string;
  daemonPod: string;
  disruptionBudget: string;
  /** How long the drain against a budget of 0 is tried. */
  patienceMs: number;
}

export function predictDrain(input: PredictionInput, plan: DrainPlan): Prediction {
  // No machine is off.
  const situation = situationOf(input, []);
  const { careless } = plan;
  const before = careless === null ? nothing : predictCareless(situation, plan.machine, careless);
  const proper = predictProper(situation, plan);
  return {
    statements: [...before.statements, ...proper.statements],
    ...(before.facts === undefined ? {} : { facts: before.facts }),
    expectations: [...before.expectations, ...proper.expectations],
  };
}

const nothing: Prediction = { statements: [], expectations: [] };

function predictCareless(situation: Situation, machine: string, careless: CarelessDrains): Prediction {
  const { namespace } = situation.input.workload;
  const name = (object: string) => `${namespace}/${object}`;
  return {
    statements: [
      `Without flags the drain of ${machine} refuses and names ${careless.barePod} (no controller) and ${careless.daemonPod} (DaemonSet).`,
      `Against a disruption budget of 0 it waits ${figure(careless.patienceMs)} and names ${name(careless.disruptionBudget)}; ${careless.barePod}, which no budget protects, is lost.`,
      "The DaemonSet's pod stays.",
    ],
    facts: {
      refused: [name(careless.barePod), name(careless.daemonPod)],
      "blocked-by": [name(careless.disruptionBudget)],
    },
    expectations: [
      ...refuses(situation, machine, careless),
      ...respectsBudget(situation, machine, careless),
      daemonStays(careless),
    ],
  };
}

function predictProper(situation: Situation, plan: DrainPlan): Prediction {
  const { input } = situation;
  const { machine, careless, loads } = plan;
  const { replicas } = input.workload;
  const links = drainLinks(situation, plan);
  const zero = spared(input, plan);
  const how = careless === null ? "Its" : "With a budget of 1 its";
  const order = careless === null ? "are evicted" : "leave one after the other";
  return {
    statements: [
      `${how} ${String(podsOn(input, machine).length)} pods ${order} within ${figure(links.emptied.ms)}; ${String(replicas)} of ${String(replicas)} are Ready within ${figure(links.full.ms)}.`,
      ...(zero ? ["No request fails."] : []),
      "Nothing moves back after uncordoning.",
    ],
    expectations: [
      failedRequests(loads, careless === null ? during : fromFirstToLast, {
        zero,
        why: zero
          ? "Other replicas serve, and a pod waits before it stops (preStop), so its endpoint is gone before its process is"
          : "no replica elsewhere, or pods without preStop and readiness gate",
        headline: true,
      }),
      ...empties(situation, machine, links),
      ...(careless === null ? [] : [budgetKept(situation)]),
      ...nodeStates(situation, machine, careless === null ? during.from : fromFirstToLast.from),
      nothingMovesBack(machine),
      ...worksAsBefore(situation),
    ],
  };
}

/**
 * With another replica to go to and a pod that waits before it stops, nobody needs to lose anything. The drill's own
 * disruption budget lets one go at a time; of a workload of the user's own all on the machine may go at once.
 */
function spared(input: PredictionInput, { careless, machine }: DrainPlan): boolean {
  const { graceful, replicas } = input.workload;
  return graceful && (careless === null ? podsOn(input, machine).length < replicas : replicas >= 2);
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
