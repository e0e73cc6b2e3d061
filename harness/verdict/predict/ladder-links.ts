// What a ladder of load consists of, and how long an HPA takes to follow it: the links of its budgets.
import { chain, given, type Link } from "./budget.ts";
import type { LadderApp } from "../../lab/autoscaler.ts";
import { nextSlowLook } from "./common-links.ts";
import { allowancesOf, type PredictionInput } from "./input.ts";
import { climbMs, type Replicas } from "./replicas.ts";

/** What requests cost it, measured. */
export interface RequestCost {
  /** Core-seconds of one. */
  perRequest: number;
  /** Cores that a pod uses when nobody asks it. */
  idleCores: number;
  /** Of both. */
  source: string;
}

export interface LadderStep {
  /** Also the prefix of its marks: "<name>.begin", "<name>.end". */
  name: string;
  connections: number;
  /** All clients together, each at its own pace; null: each sends the next request when the last one is answered. */
  rateHz: number | null;
  /** Whatever comes first, this or the stage's time, ends it. */
  maxRequests: number | null;
}

/** A step with what it comes to. */
export interface PredictedStep extends LadderStep {
  /** Replicas before it, and those that it makes the HPA want; at most where the pace is open. */
  from: Replicas;
  wanted: Replicas;
  /** Pods of it that fit. */
  fits: number;
  /** Whether what is wanted fits: all of it, surely not, or that depends on what a request costs then. */
  room: "enough" | "short" | "unsure";
  /** What further pods lack when the room is short, in the scheduler's words. */
  lacks: string | null;
  durationMs: number;
}

/** It must want more at this step than it did before. */
export function mustGrow({ from, wanted }: Pick<PredictedStep, "from" | "wanted">): boolean {
  return wanted.least > from.most;
}

/** From a change of the load until the HPA has acted on it. */
export function reacts({ settings, ...input }: PredictionInput, { upWindowMs }: LadderApp): Link {
  const resolution = settings.metrics?.resolutionMs ?? {
    value: 15_000,
    source: "metrics-server, components.yaml: --metric-resolution=15s",
  };
  return chain(
    "the HPA reacts",
    given("the kubelet's sampling", {
      value: 15_000,
      source: "cAdvisor's housekeeping: every 10 s, at most 15 s",
    }),
    given("a scrape under load, and one more for the rate between them", {
      value: 2 * resolution.value,
      source: `2 × ${resolution.source}`,
    }),
    given("the HPA's sync period", settings.controllerManager.hpaSyncMs),
    upWindowMs.value === 0 ? null : given("stabilization window of the way up", upWindowMs),
    given("one API request", allowancesOf({ settings, ...input }).requestMs),
  );
}

type Way = Pick<PredictedStep, "from" | "wanted">;

function converged(input: PredictionInput, app: LadderApp, { from, wanted }: Way): Link {
  const value = climbMs(
    from.least,
    Math.min(wanted.most, app.maxReplicas),
    app.up,
    input.settings.controllerManager.hpaSyncMs.value,
  );
  const further = value === 0 ? null : given("further steps of the way up", { value, source: policies(app) });
  return chain("it converges", reacts(input, app), further, nextSlowLook(input));
}

/** "4 pods or 100 % in 15 s, whichever is more". */
function policies({ name, up }: LadderApp): string {
  const told = up.policies.map(
    ({ type, value, periodMs }) =>
      `${String(value)} ${type === "Pods" ? "pods" : "%"} in ${String(periodMs / 1000)} s`,
  );
  const which = told.length < 2 ? "" : `, whichever is ${up.select === "Max" ? "more" : "less"}`;
  return `HPA ${name}, policies of the way up: ${told.join(" or ")}${which}`;
}

export function running(input: PredictionInput, app: LadderApp, step: Way): Link {
  const { requestMs, podStartMs } = allowancesOf(input);
  return chain(
    "the pods run",
    converged(input, app, step),
    given("controller and scheduler act", requestMs),
    given("a pod starts", podStartMs),
  );
}

export function backToMin(input: PredictionInput, app: LadderApp): Link {
  return chain(
    "back to its minimum",
    reacts(input, app),
    given("stabilization window of the way down", app.downWindowMs),
    given("the HPA's sync period", input.settings.controllerManager.hpaSyncMs),
    nextSlowLook(input),
  );
}
