// What an HPA must do while the number of clients climbs: how many replicas it wants at each stage and how soon, where
// the room ends, and back to one afterwards. Everything follows from what one request costs, measured before.
import { fitting, lackingFor, type Room } from "../../lab/room.ts";
import type { LadderApp } from "../../lab/autoscaler.ts";
import { figure } from "./budget.ts";
import {
  backDown,
  convergence,
  feeling,
  noFlapping,
  notHeldBack,
  reaction,
  seesMetrics,
} from "./expect-ladder.ts";
import type { Prediction, PredictionInput } from "./input.ts";
import { backToMin, running, type LadderStep, type PredictedStep, type RequestCost } from "./ladder-links.ts";
import { wantedReplicas } from "./replicas.ts";

/** How long a stage is at least, and how long what it came to is looked at. */
const shortestMs = 20_000;
const lookedAtMs = 10_000;

/** @param room as it is */
export function predictSteps(
  input: PredictionInput,
  app: LadderApp,
  steps: readonly LadderStep[],
  cost: RequestCost,
  room: readonly Room[],
): PredictedStep[] {
  const fits = capacity(app, room);
  const places = room.filter((each) => mayRun(app, each));
  const cores = places.reduce((sum, each) => sum + each.allocatable.cpuCores, 0);
  let from = Math.max(app.minReplicas, app.standing);
  return steps.map((step) => {
    const asked = step.rateHz === null ? Infinity : step.rateHz * cost.perRequest;
    // A pod cannot use more than its limit, whatever is asked of it, and all of them not more than there is.
    const usage = (pods: number) => Math.min(asked + pods * cost.idleCores, fits * app.cpuLimitCores, cores);
    const target = { requestCores: app.requests.cpuCores, percent: app.targetPercent };
    const wanted = Math.max(from, wantedReplicas(from, usage, target));
    const saturated = wanted > fits;
    const lacks = saturated ? lackingFor(places, app.requests) : null;
    const predicted = { ...step, from, wanted, running: Math.min(wanted, fits), saturated, lacks };
    const durationMs = Math.max(
      shortestMs,
      wanted === from ? 0 : Math.ceil(running(input, app, predicted).ms) + lookedAtMs,
    );
    from = wanted;
    return { ...predicted, durationMs };
  });
}

export function predictLadder(
  input: PredictionInput,
  app: LadderApp,
  steps: readonly PredictedStep[],
  cost: RequestCost,
  room: readonly Room[],
): Prediction {
  const perMachine = room
    .filter((each) => each.open && mayRun(app, each))
    .map((each) => `${String(fitting(each, app.requests))} more on ${each.machine}`);
  const GiB = (app.requests.memoryBytes / 2 ** 30).toPrecision(3);
  return {
    statements: [
      `A request costs ${(1000 * cost.perRequest).toPrecision(3)} ms of processor time, and a pod without any ${(1000 * cost.idleCores).toPrecision(2)} thousandths of a core (${cost.source}); pods ask for ${String(app.requests.cpuCores)} cores and ${GiB} GiB, and the HPA aims at ${String(app.targetPercent)} %.`,
      `${String(capacity(app, room))} pods fit beside what runs (${perMachine.join(", ")}: allocatable − requested); more stay Pending.`,
      ...steps.map(told),
      `After the load it is its minimum of ${String(app.minReplicas)} again within ${figure(backToMin(input, app).ms)}, the stabilization window of ${figure(app.downWindowMs.value)} in it.`,
    ],
    expectations: [
      seesMetrics(input, app),
      notHeldBack(input, app),
      ...steps.flatMap((step) => [
        ...reaction(input, app, step),
        ...convergence(input, app, step, cost),
        ...feeling(step),
      ]),
      noFlapping(app),
      ...backDown(input, app),
    ],
  };
}

function told({ name, connections, rateHz, from, wanted, running, saturated }: PredictedStep): string {
  const pace = rateHz === null ? "as fast as they are answered" : `${String(rateHz)} requests/s in all`;
  const change =
    wanted === from ? `stays at ${String(from)}` : `goes from ${String(from)} to about ${String(wanted)}`;
  const room = saturated
    ? `; only ${String(running)} fit, so this is where it saturates: the rest is Pending`
    : "";
  return `${name}: ${String(connections)} clients, ${pace}: the HPA ${change}${room}.`;
}

/** Pods of the application that fit, those that stand among them. */
function capacity(app: LadderApp, room: readonly Room[]): number {
  const places = room.filter((each) => mayRun(app, each));
  return app.standing + places.reduce((sum, each) => sum + fitting(each, app.requests), 0);
}

function mayRun({ onWorkers }: LadderApp, { role }: Room): boolean {
  return !onWorkers || role === "worker";
}
