// What an HPA must do while the number of clients climbs: how many replicas it wants at each stage and how soon, where
// the room ends, and back to one afterwards. Everything follows from what one request costs, measured before.
import type { Sourced } from "../../lab/facts.ts";
import { fitting, type Room } from "../../lab/room.ts";
import type { Expectation, Window } from "../expectation.ts";
import { budgetOf, chain, figure, given, none, type Link } from "./budget.ts";
import { nextSlowLook } from "./common-links.ts";
import { allowancesOf, type Prediction, type PredictionInput } from "./input.ts";
import { periodsUp, policyPeriodMs, wantedReplicas } from "./replicas.ts";

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
  /** Also the prefix of its marks. */
  name: string;
  connections: number;
  /** All clients together; null: as fast as they are answered. */
  rateHz: number | null;
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

/** A user who waits longer notices it (Nielsen, response time limits: 0.1, 1 and 10 s). */
const noticedMs = 1000;
/** How long a stage is at least, and how long what it came to is looked at. */
const shortestMs = 20_000;
const lookedAtMs = 10_000;

const begun: Window = { from: "ladder.begin", to: "ladder.ready" };
const loaded: Window = { from: "ladder.ready", to: "ladder.end" };
const afterLoad: Window = { from: "ladder.end", to: "end" };

/** @param perRequest core-seconds @param room as it is */
export function predictSteps(
  input: PredictionInput,
  app: LadderApp,
  steps: readonly LadderStep[],
  perRequest: Sourced<number>,
  room: readonly Room[],
): PredictedStep[] {
  const fits = capacity(app, room);
  let from = 1;
  return steps.map((step) => {
    const asked = step.rateHz === null ? Infinity : step.rateHz * perRequest.value;
    // A pod cannot use more than its limit, whatever is asked of it.
    const usage = Math.min(asked, fits * app.cpuLimitCores);
    const target = { requestCores: app.requests.cpuCores, percent: app.targetPercent };
    const wanted = Math.max(from, wantedReplicas(from, usage, target));
    const saturated = wanted > fits;
    const predicted = { ...step, from, wanted, running: Math.min(wanted, fits), saturated };
    const durationMs = Math.max(
      shortestMs,
      wanted === from ? 0 : Math.ceil(running(input, predicted).ms) + lookedAtMs,
    );
    from = wanted;
    return { ...predicted, durationMs };
  });
}

export function predictLadder(
  input: PredictionInput,
  app: LadderApp,
  steps: readonly PredictedStep[],
  perRequest: Sourced<number>,
  room: readonly Room[],
): Prediction {
  const perMachine = room
    .filter((each) => each.role === "worker")
    .map((each) => `${String(fitting(each, app.requests))} more on ${each.machine}`);
  const GiB = (app.requests.memoryBytes / 2 ** 30).toPrecision(3);
  return {
    statements: [
      `A request costs ${(1000 * perRequest.value).toPrecision(3)} ms of processor time (${perRequest.source}); pods ask for ${String(app.requests.cpuCores)} cores and ${GiB} GiB, and the HPA aims at ${String(app.targetPercent)} %.`,
      `${String(capacity(app, room))} pods fit beside what runs (${perMachine.join(", ")}: allocatable − requested); more stay Pending.`,
      ...steps.map(told),
      `After the load it is 1 pod again within ${figure(backToMin(input, app).ms)}, the stabilization window of ${String(app.scaleDownSeconds)} s in it.`,
    ],
    expectations: [
      seesMetrics(input, app),
      ...steps.flatMap((step) => [
        ...reaction(input, app, step),
        ...convergence(input, app, step, perRequest),
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
    wanted === from ? `stays at ${String(from)}` : `goes from ${String(from)} to ${String(wanted)}`;
  const room = saturated
    ? `; only ${String(running)} fit, so this is where it saturates: the rest is Pending`
    : "";
  return `${name}: ${String(connections)} clients, ${pace}: the HPA ${change}${room}.`;
}

/** Pods of the application that fit, those that stand among them. */
function capacity(app: LadderApp, room: readonly Room[]): number {
  const workers = room.filter((each) => each.role === "worker");
  return app.standing + workers.reduce((sum, each) => sum + fitting(each, app.requests), 0);
}

/** From a change of the load until the HPA has acted on it. */
function reacts({ settings, ...input }: PredictionInput): Link {
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

function converged(input: PredictionInput, step: Pick<PredictedStep, "from" | "wanted">): Link {
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

function running(input: PredictionInput, step: Pick<PredictedStep, "from" | "wanted">): Link {
  const { requestMs, podStartMs } = allowancesOf(input);
  return chain(
    "the pods run",
    converged(input, step),
    given("controller and scheduler act", requestMs),
    given("a pod starts", podStartMs),
  );
}

function backToMin(input: PredictionInput, app: LadderApp): Link {
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

function seesMetrics(input: PredictionInput, { name }: LadderApp): Expectation {
  return {
    id: "hpa.sees-metrics",
    title: "The HPA sees the usage of its pods",
    judge: {
      kind: "state-within",
      select: { probe: "autoscalers", subjects: [`active:${name}`] },
      want: { is: "True" },
    },
    window: begun,
    ...budgetOf(reacts(input)),
    link: { name: "the HPA sees usage", after: "fault" },
  };
}

function reaction(input: PredictionInput, app: LadderApp, step: PredictedStep): Expectation[] {
  if (step.wanted === step.from) return [];
  return [
    {
      id: `${step.name}.reacted`,
      title: `The HPA wants more than ${String(step.from)} at ${String(step.connections)} clients`,
      judge: {
        kind: "state-within",
        select: { probe: "autoscalers", subjects: [`desired:${app.name}`] },
        want: { atLeast: step.from + 1 },
      },
      window: of(step),
      ...budgetOf(chain("it reacts", reacts(input), nextSlowLook(input))),
      headline: step.saturated,
    },
  ];
}

/** One more or one less than predicted is the accuracy of a whole-millicore metric over a moving window. */
function convergence(
  input: PredictionInput,
  app: LadderApp,
  step: PredictedStep,
  perRequest: Sourced<number>,
): Expectation[] {
  const inputs = [
    {
      name: "processor time of a request",
      value: perRequest.value,
      unit: "core-seconds",
      source: perRequest.source,
    },
  ];
  const near = (count: number) => [count - 1, count, count + 1].filter((each) => each >= 1);
  const desired = { probe: "autoscalers", subjects: [`desired:${app.name}`] };
  const ready = { probe: "extras", subjects: [`ready:${app.name}`] };
  const wants = budgetOf(converged(input, step));
  const runs = budgetOf(running(input, step));
  if (!step.saturated)
    return [
      {
        id: `${step.name}.desired`,
        title: `It converges to ${String(step.wanted)} replicas, one more or less, and stays`,
        judge: { kind: "state-within", select: desired, want: { oneOf: near(step.wanted) } },
        window: of(step),
        ...wants,
        inputs: [...wants.inputs, ...inputs],
      },
      {
        id: `${step.name}.running`,
        title: `${String(step.running)} pods are Ready, one more or less`,
        judge: { kind: "state-within", select: ready, want: { oneOf: near(step.running) } },
        window: of(step),
        ...runs,
      },
    ];
  return [
    {
      id: `${step.name}.running`,
      title: `${String(step.running)} pods are Ready, as many as fit`,
      judge: { kind: "state-within", select: ready, want: { is: step.running } },
      window: of(step),
      ...runs,
    },
    {
      id: `${step.name}.saturated`,
      title: "It saturates where predicted: more are wanted than fit, for want of memory",
      judge: {
        kind: "state-within",
        select: { probe: "extras", subjects: ["unschedulable-for"] },
        want: { is: "Insufficient memory" },
      },
      window: of(step),
      unit: "s",
      budget: null,
      why: "A finding, not a promise: where the room ends follows from allocatable − requested",
      inputs: [...runs.inputs, ...inputs],
    },
  ];
}

function feeling(step: PredictedStep): Expectation[] {
  const why = step.saturated
    ? "A figure without a budget: where it saturates, users wait"
    : "Within a second nobody notices (response time limits 0.1, 1 and 10 s)";
  return [
    {
      id: `${step.name}.p99`,
      title: `99 % of the requests of ${String(step.connections)} clients are answered in time`,
      judge: { kind: "gauge-max", probe: "ladder", subjects: [`p99:${step.name}`] },
      window: of(step),
      unit: "s",
      budget: step.saturated ? null : noticedMs / 1000,
      why,
      inputs: [],
    },
    {
      id: `${step.name}.failed`,
      title: `No request of ${String(step.connections)} clients fails`,
      judge: { kind: "gauge-max", probe: "ladder", subjects: [`failed:${step.name}`] },
      window: of(step),
      unit: "requests",
      budget: step.saturated ? null : 0,
      why: step.saturated ? why : "Pods that are added get requests only when they are Ready",
      inputs: [],
    },
  ];
}

function noFlapping({ name }: LadderApp): Expectation {
  return {
    id: "hpa.no-flapping",
    title: "It never wants more again after it has wanted less",
    judge: { kind: "state-unchanged", select: { probe: "autoscalers", subjects: [`turns:${name}`] } },
    window: loaded,
    ...none("The load only climbs, and the stabilization window holds what was wanted meanwhile"),
  };
}

function backDown(input: PredictionInput, app: LadderApp): Expectation[] {
  const { requestMs, lookMs } = allowancesOf(input);
  const back = backToMin(input, app);
  return [
    {
      id: "hpa.back-to-min",
      title: "Without load it wants 1 replica again",
      judge: {
        kind: "state-within",
        select: { probe: "autoscalers", subjects: [`desired:${app.name}`] },
        want: { is: 1 },
      },
      window: afterLoad,
      ...budgetOf(back),
      headline: true,
    },
    {
      id: "hpa.one-pod",
      title: "1 pod is Ready and none is Pending",
      judge: {
        kind: "state-within",
        select: { probe: "extras", subjects: [`ready:${app.name}`] },
        want: { is: 1 },
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
