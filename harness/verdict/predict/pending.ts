// What must happen when a Deployment asks for more than fits: as many pods as fit run, the rest is Pending with the
// scheduler's reason, and runs when room is made. Who fits where follows from allocatable − requested before it.
import { inconclusiveError } from "../../base/errors.ts";
import { fitting, type Room } from "../../lab/room.ts";
import type { Expectation, Window } from "../expectation.ts";
import { budgetOf, chain, given, none, type Link } from "./budget.ts";
import { nextSlowLook } from "./common-links.ts";
import { allowancesOf, type Prediction, type PredictionInput } from "./input.ts";

/** Pods of one size: `filler` of them run already and are taken away later; `asked` more are asked for. */
export interface BigPods {
  memoryBytes: number;
  /** Name of the Deployment that asks, as in its pods' label `app`. */
  name: string;
  asked: number;
  filler: { name: string; replicas: number };
}

const cpuCores = 0.01;
/** So many fit on the worker with the least room, and half a one is left over: small changes alter nothing. */
const perWorker = 2.5;
/** Long enough for whoever might start what must stay Pending: it is looked at again after 5 minutes, or when something changes. */
const pendingForMs = 10_000;

const full: Window = { from: "outage.inject", to: "freed.inject" };
const freed: Window = { from: "freed.inject", to: "freed.heal" };

/**
 * Memory that a pod must ask for so that two of them fit on the worker with the least room.
 * @throws KubedrillError (inconclusive) when no worker takes pods
 */
export function sizeFor(room: readonly Room[]): number {
  const free = workers(room).map((each) => each.allocatable.memoryBytes - each.requested.memoryBytes);
  if (free.length === 0)
    throw inconclusiveError("No worker takes pods: all are cordoned, tainted or not Ready.");
  return Math.max(1, Math.floor(Math.min(...free) / perWorker));
}

/** How many pods of that size fit on each worker by now, by the machine's name. */
export function fitOf(room: readonly Room[], memoryBytes: number): Record<string, number> {
  return Object.fromEntries(
    workers(room).map((each) => [each.machine, fitting(each, { cpuCores, memoryBytes })]),
  );
}

/** @param room as it is before, with the filler in it */
export function predictPending(input: PredictionInput, room: readonly Room[], pods: BigPods): Prediction {
  const perMachine = fitOf(room, pods.memoryBytes);
  const fits = Object.values(perMachine).reduce((total, each) => total + each, 0);
  const pending = Math.max(0, pods.asked - fits);
  const GiB = (pods.memoryBytes / 2 ** 30).toPrecision(3);
  const where = Object.entries(perMachine).map(([machine, count]) => `${String(count)} on ${machine}`);
  return {
    statements: [
      `Of ${String(pods.asked)} pods that ask for ${GiB} GiB each ${String(fits)} fit (${where.join(", ")}: allocatable − requested); ${String(pending)} stay Pending for want of memory.`,
      `When ${String(pods.filler.replicas)} pods of that size are taken away, the Pending ones run within ${(roomUsed(input).ms / 1000).toPrecision(3)} s.`,
    ],
    expectations: [
      ...filled(input, pods, fits, pending),
      staysPending(input, pending),
      ...runsAfterwards(input, pods),
      untouched(input),
    ],
  };
}

function workers(room: readonly Room[]): Room[] {
  return room.filter((each) => each.role === "worker" && each.open);
}

function asked(input: PredictionInput): Link {
  const allowances = allowancesOf(input);
  return chain(
    "as many as fit run",
    given("the request", allowances.requestMs),
    given("controller and scheduler act", allowances.requestMs),
    given("a pod starts", allowances.podStartMs),
    nextSlowLook(input),
  );
}

/** A pod that is gone wakes those that wait for its room; each may still be in the scheduler's back-off. */
function roomUsed(input: PredictionInput): Link {
  const allowances = allowancesOf(input);
  return chain(
    "the room is used",
    given("the request", allowances.requestMs),
    given("termination of what makes room", input.workload.terminationGraceMs),
    given("the scheduler's back-off", {
      value: 10_000,
      source: "KubeSchedulerConfiguration podMaxBackoffSeconds, default 10",
    }),
    given("the scheduler acts", allowances.requestMs),
    given("a pod starts", allowances.podStartMs),
    nextSlowLook(input),
  );
}

function filled(input: PredictionInput, pods: BigPods, fits: number, pending: number): Expectation[] {
  const budget = budgetOf(asked(input));
  const inputs = [
    ...budget.inputs,
    {
      name: "memory asked for",
      value: pods.memoryBytes,
      unit: "bytes",
      source: "the drill, from the room there is",
    },
  ];
  const within = (
    id: string,
    title: string,
    subject: string,
    value: string | number,
    link: string,
  ): Expectation => ({
    id,
    title,
    judge: { kind: "state-within", select: { probe: "extras", subjects: [subject] }, want: { is: value } },
    window: full,
    ...budget,
    inputs,
    link: { name: link, after: "fault" },
  });
  return [
    {
      ...within(
        "big.running",
        `${String(fits)} of ${String(pods.asked)} pods run, as many as fit`,
        `ready:${pods.name}`,
        fits,
        "what fits runs",
      ),
      headline: true,
    },
    within(
      "big.pending",
      `${String(pending)} pods are Pending`,
      "unschedulable",
      pending,
      "the rest is Pending",
    ),
    within(
      "big.reason",
      "The scheduler says that memory is what they lack",
      "unschedulable-for",
      "Insufficient memory",
      "the scheduler says why",
    ),
  ];
}

function staysPending(input: PredictionInput, pending: number): Expectation {
  return {
    id: "big.stays-pending",
    title: "No Pending pod starts while there is no room",
    judge: {
      kind: "state-holds",
      select: { probe: "extras", subjects: ["unschedulable"] },
      want: { is: pending },
    },
    window: { ...full, delayMs: asked(input).ms },
    ...none("Requests are reserved: a node never takes more than allocatable"),
  };
}

/** How long it must stay full, from the beginning, so that staying Pending was really seen. */
export function fullForMs(input: PredictionInput): number {
  return asked(input).ms + pendingForMs;
}

function runsAfterwards(input: PredictionInput, pods: BigPods): Expectation[] {
  const budget = budgetOf(roomUsed(input));
  return [
    {
      id: "big.runs-with-room",
      title: `With room made, ${String(pods.asked)} of ${String(pods.asked)} pods run`,
      judge: {
        kind: "state-within",
        select: { probe: "extras", subjects: [`ready:${pods.name}`] },
        want: { is: pods.asked },
        mustChange: true,
      },
      window: freed,
      ...budget,
      link: { name: "the Pending ones run", after: "fault" },
      headline: true,
    },
    {
      id: "big.none-pending",
      title: "No pod is Pending any more",
      judge: {
        kind: "state-within",
        select: { probe: "extras", subjects: ["unschedulable"] },
        want: { is: 0 },
        mustChange: true,
      },
      window: freed,
      ...budget,
      link: { name: "none is Pending", after: "fault" },
    },
  ];
}

function untouched({ workload }: PredictionInput): Expectation {
  return {
    id: "workload.untouched",
    title: "Nothing that runs already is pushed away",
    judge: {
      kind: "state-holds",
      select: { probe: "workload", subjects: ["ready"] },
      want: { is: workload.replicas },
    },
    window: { from: "outage.inject", to: "outage.heal" },
    ...none("Pods of the same priority do not preempt each other"),
  };
}
