// A load from many pods at once: brought up, told what to do, begun at one agreed instant, and added up without loss. A
// load of which a worker is missing is not a smaller load but no result.
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { inconclusiveError, usageError } from "../base/errors.ts";
import type { World } from "../lab/world.ts";
import { undoEntry } from "../safety/heal.ts";
import { Ledger } from "../safety/ledger.ts";
import { namespaceEntry } from "../safety/undo.ts";
import { apply } from "../workloads/apply.ts";
import { nowUs } from "../load/engine/clock.ts";
import { merge, type LoadResult } from "../load/engine/merge.ts";
import { sharesOf, type LoadPlan, type Share } from "../load/engine/plan.ts";
import { clockDistance, wallMs, type ClockDistance } from "./clocks.ts";
import { jobManifests, type JobOptions } from "./manifests.ts";
import { orderOf, type Report } from "./protocol.ts";
import { lostWorkers, named, readyWorkers, workerClient, type WorkerClient } from "./worker-pods.ts";

export interface DistributedLoad {
  result: LoadResult;
  workers: WorkerFigures[];
}

export interface WorkerFigures {
  index: number;
  node: string;
  sent: number;
  /** From the agreed instant to its first request, ms, by its own clock; null: it sent none. */
  startedAfterMs: number | null;
  clock: ClockDistance;
}

/** Everybody must have heard of the instant before it comes. */
const leadMs = 3000;
const lookMs = 1000;
/** Over the load's own limits. */
const farewellMs = 60_000;
/** For pods to come up and results to be read. */
const aroundSeconds = 420;

/**
 * @param options where the pods run; the namespace must be the load's own, it is removed afterwards
 * @throws KubedrillError (inconclusive) when a worker is missing at any time, naming it
 */
export async function distributedLoad(
  world: World,
  plan: LoadPlan,
  options: Omit<JobOptions, "deadlineSeconds">,
  { signal, say }: { signal: AbortSignal; say: (line: string) => void },
): Promise<DistributedLoad> {
  const shares = sharesOfPods(plan, options.workers);
  const ledger = new Ledger(world.file.name);
  const { namespace } = options;
  const entry = namespaceEntry({ id: `${namespace}/load`, runId: namespace, namespace });
  ledger.open(entry);
  try {
    const token = randomBytes(24).toString("base64url");
    const deadlineSeconds = Math.ceil((plan.durationMs + plan.timeoutMs) / 1000) + aroundSeconds;
    for (const manifest of jobManifests({ ...options, deadlineSeconds }, token))
      await apply(world.kube.main, manifest);
    say(`waiting for ${String(options.workers)} workers`);
    return await drive(world, plan, shares, options, { token, signal, say });
  } finally {
    say("removing the workers");
    await undoEntry(world, ledger, entry);
  }
}

/** What each pod drives: every n-th share. @throws KubedrillError (usage) when there is not something for each */
export function sharesOfPods(plan: LoadPlan, workers: number): Share[][] {
  const shares = sharesOf({ ...plan, workers: workers * plan.workers });
  if (shares.length < workers)
    throw usageError(
      `${String(workers)} workers need at least as many connections and requests (-c, -n); there are ${String(shares.length)}.`,
    );
  return Array.from({ length: workers }, (_, pod) => shares.filter(({ index }) => index % workers === pod));
}

async function drive(
  { kube }: World,
  plan: LoadPlan,
  shares: readonly Share[][],
  { namespace, workers: count }: Pick<JobOptions, "namespace" | "workers">,
  { token, signal, say }: { token: string; signal: AbortSignal; say: (line: string) => void },
): Promise<DistributedLoad> {
  const { main } = kube;
  const pods = await readyWorkers(main, namespace, count, signal);
  const nodes = new Set(pods.map(({ node }) => node));
  say(`${String(count)} workers on ${[...nodes].sort().join(", ")}`);
  const workers = pods.map((pod) => workerClient(main, namespace, pod));
  await Promise.all(workers.map((each, pod) => each.order(orderOf(token, plan, shares[pod] ?? []))));
  const clocks = await Promise.all(workers.map((each) => clockDistance(each.status)));
  signal.throwIfAborted();
  const startUs = nowUs() + leadMs * 1000;
  const startMs = wallMs() + leadMs;
  await Promise.all(workers.map((each, pod) => each.start(token, startMs + (clocks[pod]?.distanceMs ?? 0))));
  say(`all begin in ${((startMs - wallMs()) / 1000).toFixed(1)} s`);
  await allDone(main, namespace, workers, { plan, token, signal, say, startMs });
  const reports = await Promise.all(workers.map((each) => each.report()));
  await Promise.allSettled(workers.map((each) => each.leave(token)));
  const told = reports.flatMap(({ done }) => done);
  const seconds = reports.flatMap((each) => each.seconds);
  const cpuSeconds = reports.reduce((sum, each) => sum + each.cpuSeconds, 0);
  return {
    result: merge(plan, startUs, seconds, told, cpuSeconds),
    workers: workers.map(({ worker }, pod) => ({
      index: worker.index,
      node: worker.node,
      ...figuresOf(reports[pod]),
      clock: clocks[pod] ?? { distanceMs: 0, uncertaintyMs: Infinity },
    })),
  };
}

async function allDone(
  kube: World["kube"]["main"],
  namespace: string,
  workers: readonly WorkerClient[],
  context: {
    plan: LoadPlan;
    token: string;
    signal: AbortSignal;
    say: (line: string) => void;
    startMs: number;
  },
): Promise<void> {
  const { plan, token, signal, say, startMs } = context;
  const endMs = startMs + plan.durationMs + plan.timeoutMs + farewellMs;
  let stopped = false;
  for (;;) {
    await pause(lookMs);
    if (signal.aborted && !stopped) {
      stopped = true;
      await Promise.allSettled(workers.map((each) => each.stop(token)));
    }
    const lost = await lostWorkers(
      kube,
      namespace,
      workers.map(({ worker }) => worker),
    );
    if (lost.length > 0)
      throw inconclusiveError(`The load is not complete: ${lost.join("; ")}. Its figures are of no use.`);
    const states = await Promise.all(workers.map((each) => each.status()));
    const failed = workers.flatMap(({ worker }, index) =>
      states[index]?.state === "failed" ? [`${named(worker)}: ${states[index].why ?? "unknown"}`] : [],
    );
    if (failed.length > 0) throw inconclusiveError(`The load is not complete: ${failed.join("; ")}`);
    if (states.every(({ state }) => state === "done")) return;
    if (wallMs() > endMs) throw inconclusiveError("The load did not end in its time.");
    const sent = states.reduce((sum, each) => sum + each.sent, 0);
    if (wallMs() > startMs) say(`${((wallMs() - startMs) / 1000).toFixed(0)} s, ${String(sent)} requests`);
  }
}

function figuresOf(report: Report | undefined): Pick<WorkerFigures, "sent" | "startedAfterMs"> {
  const totals = (report?.done ?? []).map((each) => each.totals);
  const started = totals.filter(({ sent }) => sent > 0).map(({ firstStartUs }) => firstStartUs / 1000);
  return {
    sent: totals.reduce((sum, each) => sum + each.sent, 0),
    startedAfterMs: started.length === 0 ? null : Math.min(...started),
  };
}
