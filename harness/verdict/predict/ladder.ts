// What an HPA must do while the number of clients climbs: how many replicas it wants at each stage and how soon, where
// the room ends, and back to one afterwards. Everything follows from what one request costs, measured before.
import { fitting, lackingFor, type Room } from "../../lab/room.ts";
import type { LadderApp } from "../../lab/autoscaler.ts";
import { figure } from "./budget.ts";
import {
  allFit,
  backDown,
  convergence,
  feeling,
  follows,
  noFlapping,
  notHeldBack,
  reaction,
  seesMetrics,
} from "./expect-ladder.ts";
import type { Prediction, PredictionInput } from "./input.ts";
import {
  backToMin,
  mustGrow,
  reacts,
  running,
  type LadderStep,
  type PredictedStep,
  type RequestCost,
} from "./ladder-links.ts";
import { around, wantedReplicas, type Replicas } from "./replicas.ts";

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
  // A pod cannot use more than its limit, whatever is asked of it, and all of them not more than there is.
  const ceiling = Math.min(fits * app.cpuLimitCores, cores);
  const target = { requestCores: app.requests.cpuCores, percent: app.targetPercent };
  const standing = Math.max(app.minReplicas, app.standing);
  let from = { least: standing, likely: standing, most: standing };
  return steps.map((step) => {
    const wanted = around(from, ({ costFactor, restPerPod }) => {
      const asked = step.rateHz === null ? Infinity : step.rateHz * cost.perRequest * costFactor;
      const resting = (pods: number) => (restPerPod ? pods : standing) * cost.idleCores;
      const usage = (pods: number) => Math.min(asked + resting(pods), ceiling);
      return wantedReplicas(from.likely, usage, target);
    });
    const predicted = { ...step, from, wanted, fits, ...roomFor(wanted, fits) };
    const lacks = predicted.room === "short" ? lackingFor(places, app.requests) : null;
    from = wanted;
    return { ...predicted, lacks, durationMs: durationOf(input, app, predicted) };
  });
}

function roomFor({ least, most }: Replicas, fits: number): Pick<PredictedStep, "room"> {
  if (least > fits) return { room: "short" };
  return { room: most > fits ? "unsure" : "enough" };
}

/** Until what it comes to has come and was looked at; where its last word counts, until that is about the last pods. */
function durationOf(
  input: PredictionInput,
  app: LadderApp,
  step: Pick<PredictedStep, "from" | "wanted" | "room">,
): number {
  if (step.wanted.likely === step.from.likely) return shortestMs;
  const lastWord = mustGrow(step) && step.room === "enough";
  const lookedMs = lastWord ? Math.ceil(reacts(input, app).ms) : lookedAtMs;
  return Math.max(shortestMs, Math.ceil(running(input, app, step).ms) + lookedMs);
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
      ...(input.failOnSaturation === true ? ["Saturation counts as a failure here."] : []),
      `After the load it is its minimum of ${String(app.minReplicas)} again within ${figure(backToMin(input, app).ms)}, the stabilization window of ${figure(app.downWindowMs.value)} in it.`,
    ],
    expectations: [
      seesMetrics(input, app),
      notHeldBack(input, app),
      ...allFit(input, app),
      ...steps.flatMap((step) => [
        ...reaction(input, app, step),
        ...convergence(input, app, step, cost),
        ...follows(step),
        ...feeling(input, step),
      ]),
      noFlapping(app),
      ...backDown(input, app),
    ],
  };
}

function told({ name, connections, rateHz, from, wanted, fits, room }: PredictedStep): string {
  const pace = rateHz === null ? "as fast as they are answered" : `${String(rateHz)} requests/s in all`;
  const change =
    wanted.likely === from.likely
      ? `stays at ${String(from.likely)}`
      : `goes from ${String(from.likely)} to ${estimate(wanted)}`;
  const end = {
    enough: "",
    short: `; only ${String(fits)} fit, so this is where it saturates: the rest is Pending`,
    unsure: `; ${String(fits)} fit, so it may saturate`,
  };
  return `${name}: ${String(connections)} clients, ${pace}: the HPA ${change}${end[room]}.`;
}

function estimate({ least, likely, most }: Replicas): string {
  if (likely === Infinity) return "more than there can be";
  return `about ${String(likely)} (${String(least)} to ${String(most)})`;
}

/** Pods of the application that fit, those that stand among them. */
function capacity(app: LadderApp, room: readonly Room[]): number {
  const places = room.filter((each) => mayRun(app, each));
  return app.standing + places.reduce((sum, each) => sum + fitting(each, app.requests), 0);
}

function mayRun({ onWorkers }: LadderApp, { role }: Room): boolean {
  return !onWorkers || role === "worker";
}
