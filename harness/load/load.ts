// The port to the load engine: give it a plan, get a running load and at its end one result.
//
// One load is one stage: a ladder of stages is several loads one after the other, each with its own histogram.
//
// Which engine drives what was decided by measuring. autocannon 9 cannot carry most of what a load is here: it has no
// intended starts, knows no life without keep-alive, does not verify TLS, and at the end of a connection it mixes up its
// queue, storms a target that refuses and sends on what the server has announced to close. And where it is at home, in
// the closed loop over kept connections, it takes about twice the processor time per request, most of it for parsing in
// JavaScript, so that it measures itself sooner. So `engine/connection.ts` drives by default: plain sockets and a reader
// that knows just enough HTTP. autocannon, guarded (`engine/autocannon.ts`), drives its home ground when asked to: a
// second opinion on the figures by independent code, which the tests use as well.
import { Worker } from "node:worker_threads";
import { inconclusiveError, messageOf } from "../base/errors.ts";
import { nowUs } from "./engine/clock.ts";
import { merge, type LoadResult, type SecondResult } from "./engine/merge.ts";
import type { Document, FromWorker, ToWorker, WorkerData } from "./engine/messages.ts";
import { sharesOf, type LoadPlan, type Share } from "./engine/plan.ts";
import type { Exchange, Second, Totals } from "./engine/tally.ts";

export interface LoadListeners {
  /** Every second of every worker as it is over. */
  onSecond?(second: Second): void;
  /** Needs `eachRequest`; instants are in µs on the clock of `nowUs`. */
  onRequest?(exchange: Exchange): void;
}

export interface RunningLoad {
  /** Sends nothing more and waits for what is in flight. */
  stop(): Promise<LoadResult>;
  /** Ends by itself when the plan's count or time is reached. @throws KubedrillError (inconclusive) when a worker dies */
  result: Promise<LoadResult>;
}

/** Threads that have said that they are ready begin together so long afterwards. */
const leadMs = 20;
const readyLimitMs = 30_000;
/** How long a worker may take to tell its result after the last request can have ended. */
const farewellMs = 30_000;

export function startLoad(plan: LoadPlan, listeners: LoadListeners = {}): RunningLoad {
  const threads = startThreads(plan, sharesOf(plan), listeners);
  const result = threads.told.then(({ startUs, seconds, done, cpuSeconds }) =>
    merge(plan, startUs, seconds, done, cpuSeconds),
  );
  // Whoever only calls stop() must not be killed by a rejection that nobody has looked at yet.
  result.catch(() => undefined);
  return {
    result,
    stop() {
      threads.stop();
      return result;
    },
  };
}

/** What threads told of their shares, before it is added up. */
export interface Told {
  /** When they began, on the clock of `nowUs`. */
  startUs: number;
  seconds: Second[];
  done: { totals: Totals; document: Document }[];
  cpuSeconds: number;
}

export interface RunningThreads {
  /** @throws KubedrillError (inconclusive) when one dies */
  told: Promise<Told>;
  /** Sends nothing more; what is in flight is waited for. */
  stop(): void;
}

/**
 * Drives some shares of a load, one thread each.
 * @param begin called when all threads are ready; says at which instant of `nowUs` they begin
 */
export function startThreads(
  plan: LoadPlan,
  shares: readonly Share[],
  listeners: LoadListeners = {},
  begin: () => number | Promise<number> = () => nowUs() + leadMs * 1000,
): RunningThreads {
  const seconds: Second[] = [];
  const workers = shares.map((share) =>
    startWorker({ plan, share }, (message) => {
      if (message.type === "second") {
        seconds.push(message.second);
        listeners.onSecond?.(message.second);
      } else if (message.type === "request") listeners.onRequest?.(message.exchange);
    }),
  );
  const run = async (): Promise<Told> => {
    try {
      await Promise.all(workers.map((each) => within(each.ready, readyLimitMs, "to start")));
      const startUs = await begin();
      const cpu = process.cpuUsage();
      for (const each of workers) each.tell({ type: "start", zeroUs: startUs });
      const leftMs = Math.max(0, (startUs - nowUs()) / 1000);
      const limitMs = leftMs + plan.durationMs + plan.timeoutMs + farewellMs;
      const done = await Promise.all(workers.map((each) => within(each.done, limitMs, "to end")));
      const { user, system } = process.cpuUsage(cpu);
      return { startUs, seconds, done, cpuSeconds: (user + system) / 1e6 };
    } finally {
      await Promise.all(workers.map((each) => each.end()));
    }
  };
  const told = run();
  told.catch(() => undefined);
  return {
    told,
    stop() {
      for (const each of workers) each.tell({ type: "stop" });
    },
  };
}

export type { LoadResult, SecondResult };

interface WorkerHandle {
  ready: Promise<undefined>;
  done: Promise<{ totals: Totals; document: Document }>;
  tell(message: ToWorker): void;
  end(): Promise<unknown>;
}

function startWorker(data: WorkerData, hear: (message: FromWorker) => void): WorkerHandle {
  const ready = Promise.withResolvers<undefined>();
  const done = Promise.withResolvers<{ totals: Totals; document: Document }>();
  done.promise.catch(() => undefined);
  // The published package has JavaScript beside this file, a checkout has TypeScript.
  const file = import.meta.url.endsWith(".ts") ? "engine/worker.ts" : "engine/worker.js";
  const worker = new Worker(new URL(file, import.meta.url), { workerData: data });
  const broken = (why: string) => {
    const error = inconclusiveError(`A worker thread of the load ended early: ${why}`);
    ready.reject(error);
    done.reject(error);
  };
  worker.on("message", (message: FromWorker) => {
    if (message.type === "ready") ready.resolve(undefined);
    else if (message.type === "done") done.resolve(message);
    else hear(message);
  });
  worker.on("error", (error) => {
    broken(messageOf(error));
  });
  worker.on("exit", (code) => {
    broken(`exit code ${String(code)}`);
  });
  return {
    ready: ready.promise,
    done: done.promise,
    tell: (message) => {
      worker.postMessage(message);
    },
    end: () => worker.terminate(),
  };
}

async function within<T>(promise: Promise<T>, limitMs: number, what: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(
      inconclusiveError(`A worker thread of the load took more than ${String(limitMs / 1000)} s ${what}.`),
    );
  }, limitMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
