// What a ladder of load consists of, and how long an HPA takes to follow it: the links of its budgets.
import { chain, given, type Link } from "./budget.ts";
import { nextSlowLook } from "./common-links.ts";
import { allowancesOf, type PredictionInput } from "./input.ts";
import { periodsUp, policyPeriodMs } from "./replicas.ts";

/** What the drill's application is, as its manifest says. */
export interface LadderApp {
  name: string;
  requests: { cpuCores: number; memoryBytes: number };
  cpuLimitCores: number;
  maxReplicas: number;
  targetPercent: number;
  scaleDownSeconds: number;
  /** Pods of it that the room counts already. */
  standing: number;
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
  /** Replicas before it, and those that it makes the HPA want; what it can want at most where the pace is open. */
  from: number;
  wanted: number;
  /** Pods that run: not more than fit. */
  running: number;
  /** More are wanted than fit. */
  saturated: boolean;
  durationMs: number;
}

/** From a change of the load until the HPA has acted on it. */
export function reacts({ settings, ...input }: PredictionInput): Link {
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
    given("one API request", allowancesOf({ settings, ...input }).requestMs),
  );
}

export function converged(input: PredictionInput, step: Pick<PredictedStep, "from" | "wanted">): Link {
  const further = Math.max(0, periodsUp(step.from, step.wanted) - 1);
  const periods =
    further === 0
      ? null
      : given("further periods of the way up", {
          value: further * Math.max(policyPeriodMs, input.settings.controllerManager.hpaSyncMs.value),
          source: `${String(further)} × the default policy's period (4 pods or 100 %, whichever is more)`,
        });
  return chain("it converges", reacts(input), periods, nextSlowLook(input));
}

export function running(input: PredictionInput, step: Pick<PredictedStep, "from" | "wanted">): Link {
  const { requestMs, podStartMs } = allowancesOf(input);
  return chain(
    "the pods run",
    converged(input, step),
    given("controller and scheduler act", requestMs),
    given("a pod starts", podStartMs),
  );
}

export function backToMin(input: PredictionInput, app: LadderApp): Link {
  return chain(
    "back to one",
    reacts(input),
    given("stabilization window", {
      value: app.scaleDownSeconds * 1000,
      source: "the HPA, behavior.scaleDown.stabilizationWindowSeconds",
    }),
    given("the HPA's sync period", input.settings.controllerManager.hpaSyncMs),
    nextSlowLook(input),
  );
}
