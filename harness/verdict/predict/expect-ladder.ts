// What is promised while load climbs a ladder: the HPA sees, reacts, converges, does not flap and comes back; users do not
// notice until the room ends.
import type { Expectation, Window } from "../expectation.ts";
import type { LadderApp } from "../../lab/autoscaler.ts";
import { budgetOf, chain, given, none } from "./budget.ts";
import { nextSlowLook } from "./common-links.ts";
import { everMs } from "./expect-workload.ts";
import { allowancesOf, type PredictionInput } from "./input.ts";
import {
  backToMin,
  mustGrow,
  reacts,
  running,
  type LadderStep,
  type PredictedStep,
  type RequestCost,
} from "./ladder-links.ts";

/** A user who waits longer notices it (Nielsen, response time limits: 0.1, 1 and 10 s). */
const noticedMs = 1000;
const begun: Window = { from: "ladder.begin", to: "ladder.ready" };
const loaded: Window = { from: "ladder.ready", to: "ladder.end" };
const afterLoad: Window = { from: "ladder.end", to: "end" };

export function seesMetrics(input: PredictionInput, app: LadderApp): Expectation {
  return {
    id: "hpa.sees-metrics",
    title: "The HPA sees the usage of its pods",
    judge: {
      kind: "state-within",
      select: { probe: "autoscalers", subjects: [`active:${app.name}`] },
      want: { is: "True" },
    },
    window: begun,
    ...budgetOf(reacts(input, app)),
    link: { name: "the HPA sees usage", after: "fault" },
  };
}

/** Pods that do not fit are a finding; pods that it may not even want are a mistake of whoever set its maximum. */
export function notHeldBack({ settings }: PredictionInput, { name, maxReplicas }: LadderApp): Expectation {
  // It says something else only when it looks again.
  const bridgeMs = settings.controllerManager.hpaSyncMs.value;
  return {
    id: "hpa.not-held-back",
    title: `Its maximum of ${String(maxReplicas)} replicas is above what the load needs`,
    judge: {
      kind: "state-holds",
      select: { probe: "autoscalers", subjects: [`limited:${name}`], bridgeMs },
      want: { not: "TooManyReplicas" },
    },
    window: loaded,
    ...none("An HPA that is held back by its maximum says so (condition ScalingLimited, TooManyReplicas)"),
  };
}

/** Where the room ends is a finding, unless the plan wants room for all. */
export function allFit({ failOnSaturation = false }: PredictionInput, { seen }: LadderApp): Expectation[] {
  if (!failOnSaturation) return [];
  return [
    {
      id: "hpa.all-fit",
      title: "Every pod that it wants finds room",
      judge: {
        kind: "state-holds",
        select: { probe: seen.probe, subjects: ["unschedulable"] },
        want: { is: 0 },
      },
      window: loaded,
      ...none("The plan counts saturation as a failure (failOnSaturation)"),
      headline: true,
    },
  ];
}

/** Promised where it must show, whatever a request costs then. */
export function reaction(input: PredictionInput, app: LadderApp, step: PredictedStep): Expectation[] {
  if (!mustGrow(step)) return [];
  const before = step.from.most;
  return [
    {
      id: `${step.name}.reacted`,
      title: `The HPA wants more than ${String(before)} at ${String(step.connections)} clients`,
      judge: {
        kind: "state-within",
        select: { probe: "autoscalers", subjects: [`desired:${app.name}`] },
        want: { atLeast: before + 1 },
      },
      window: of(step),
      ...budgetOf(chain("it reacts", reacts(input, app), nextSlowLook(input))),
      headline: step.room !== "enough",
    },
  ];
}

export function convergence(
  input: PredictionInput,
  app: LadderApp,
  step: PredictedStep,
  cost: RequestCost,
): Expectation[] {
  const inputs = [
    {
      name: "processor time of a request",
      value: cost.perRequest,
      unit: "core-seconds",
      source: cost.source,
    },
  ];
  const { fits } = step;
  const ready = { probe: app.seen.probe, subjects: [app.seen.ready] };
  const runs = budgetOf(running(input, app, step));
  if (step.room !== "short") {
    const atLeast = mustGrow(step) ? Math.min(step.from.most + 1, fits) : step.from.least;
    return [
      {
        id: `${step.name}.running`,
        title: mustGrow(step) ? "Pods that it adds get Ready" : "No fewer pods are Ready than before",
        judge: { kind: "state-within", select: ready, want: { atLeast } },
        window: of(step),
        ...runs,
        inputs: [...runs.inputs, ...inputs],
      },
    ];
  }
  return [
    {
      id: `${step.name}.running`,
      title: `${String(fits)} pods are Ready, as many as fit`,
      judge: { kind: "state-within", select: ready, want: { is: fits } },
      window: of(step),
      ...runs,
    },
    {
      id: `${step.name}.saturated`,
      title: `It saturates where predicted: more are wanted than fit (${step.lacks ?? ""})`,
      judge: {
        kind: "state-within",
        select: { probe: app.seen.probe, subjects: ["unschedulable-for"] },
        want: { is: step.lacks },
      },
      window: of(step),
      unit: "s",
      budget: null,
      why: "A finding, not a promise: where the room ends follows from allocatable − requested",
      inputs: [...runs.inputs, ...inputs],
    },
  ];
}

/** Where all pods run, its last word must be right by its own formula, whatever requests cost by then. */
export function follows(step: PredictedStep): Expectation[] {
  if (!mustGrow(step) || step.room !== "enough") return [];
  return [
    {
      id: `${step.name}.follows`,
      title: "It ends with as many replicas as its own formula asks for, or one fewer",
      judge: { kind: "figure", name: `stage.${step.name}.missing` },
      window: of(step),
      unit: "count",
      budget: 1,
      why: "ceil(replicas × usage ÷ target), no change within a tenth of it (Kubernetes, Horizontal Pod Autoscaling, algorithm details); the usage is of a moving window, so one more may just be due",
      inputs: [],
      headline: true,
    },
  ];
}

export function feeling({ failOnSaturation = false }: PredictionInput, step: PredictedStep): Expectation[] {
  const certain = step.room === "enough" || failOnSaturation;
  const why = certain
    ? "Within a second nobody notices (response time limits 0.1, 1 and 10 s)"
    : "A figure without a budget: where it saturates, users wait";
  return [
    {
      id: `${step.name}.p99`,
      title: `99 % of the requests of ${String(step.connections)} clients are answered in time`,
      judge: { kind: "gauge-max", probe: "ladder", subjects: [`p99:${step.name}`] },
      window: of(step),
      unit: "s",
      budget: certain ? noticedMs / 1000 : null,
      why,
      inputs: [],
    },
    {
      id: `${step.name}.failed`,
      title: `No request of ${String(step.connections)} clients fails`,
      judge: { kind: "gauge-max", probe: "ladder", subjects: [`failed:${step.name}`] },
      window: of(step),
      unit: "requests",
      budget: certain ? 0 : null,
      why: certain ? "Pods that are added get requests only when they are Ready" : why,
      inputs: [],
    },
  ];
}

export function noFlapping({ name }: LadderApp): Expectation {
  return {
    id: "hpa.no-flapping",
    title: "It never wants more again after it has wanted less",
    judge: {
      kind: "state-unchanged",
      select: { probe: "autoscalers", subjects: [`turns:${name}`], bridgeMs: everMs },
    },
    window: loaded,
    ...none("The load only climbs, and the stabilization window holds what was wanted meanwhile"),
  };
}

export function backDown(input: PredictionInput, app: LadderApp): Expectation[] {
  const { requestMs, lookMs } = allowancesOf(input);
  const back = backToMin(input, app);
  return [
    {
      id: "hpa.back-to-min",
      title: `Without load it wants its minimum of ${String(app.minReplicas)} again`,
      judge: {
        kind: "state-within",
        select: { probe: "autoscalers", subjects: [`desired:${app.name}`] },
        want: { is: app.minReplicas },
      },
      window: afterLoad,
      ...budgetOf(back),
      headline: true,
    },
    {
      id: "hpa.one-pod",
      title: `Its minimum of ${String(app.minReplicas)} is what is Ready`,
      judge: {
        kind: "state-within",
        select: { probe: app.seen.probe, subjects: [app.seen.ready] },
        want: { is: app.minReplicas },
      },
      window: afterLoad,
      ...budgetOf(
        chain(
          "one pod",
          back,
          given("controllers act", requestMs),
          given("one look of a state probe", lookMs),
        ),
      ),
    },
  ];
}

function of({ name }: LadderStep): Window {
  return { from: `${name}.begin`, to: `${name}.end` };
}
