// The body of a worker thread: drives one share of a load and tells the main thread every second what became of it.
// A thread of its own, so that nothing the harness does meanwhile delays a request or its measurement.
import { parentPort, workerData } from "node:worker_threads";
import { closedLoop } from "./closed-loop.ts";
import { nowUs } from "./clock.ts";
import type { Loop, LoopEvents } from "./loop.ts";
import type { FromWorker, ToWorker, WorkerData } from "./messages.ts";
import { openLoop } from "./open-loop.ts";
import { targetOf } from "./target.ts";
import { Tally, type Exchange } from "./tally.ts";

/** How exactly time-outs are kept; sweeping is cheaper than a timer for each request. */
const sweepMs = 10;

const { plan, share } = workerData as WorkerData;
const port = parentPort;
if (port === null) throw new Error("This file is the body of a worker thread.");
/** Loaded only where it is used: that takes as long as many thousand requests. */
const autocannon = plan.engine === "autocannon" ? await import("./autocannon.ts") : null;
const tell = (message: FromWorker) => {
  port.postMessage(message);
};
const stop = Promise.withResolvers<undefined>();
port.on("message", (message: ToWorker) => {
  if (message.type === "start") void drive(message.zeroUs);
  else stop.resolve(undefined);
});
tell({ type: "ready" });

async function drive(zeroUs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, (zeroUs - nowUs()) / 1000)));
  let document: { server: string; bytes: number } | null = null;
  const tally = new Tally(
    zeroUs,
    () => loop.inFlight(),
    (second) => {
      tell({ type: "second", second });
    },
  );
  const events: LoopEvents = {
    sent: (atUs) => {
      tally.sent(atUs);
    },
    ended(exchange: Exchange, by: { server: string } | null) {
      tally.ended(exchange);
      if (plan.eachRequest) tell({ type: "request", exchange });
      if (document === null && exchange.failure === null)
        document = { server: by?.server ?? "", bytes: exchange.bodyBytes };
    },
    queued() {
      tally.totals.queued += 1;
    },
  };
  const loop = loopOf(zeroUs, events);
  const sweep = setInterval(() => {
    const atUs = nowUs();
    loop.expire(atUs);
    tally.roll(atUs);
    tally.assertBalance();
  }, sweepMs);
  // An open loop ends itself, with the last request that is due in time.
  const limit = setTimeout(
    () => {
      loop.stop();
    },
    plan.durationMs + (plan.arrival.kind === "closed" ? 0 : sweepMs),
  );
  void stop.promise.then(() => {
    loop.stop();
  });
  loop.start();
  await loop.finished;
  clearInterval(sweep);
  clearTimeout(limit);
  tally.assertBalance();
  tally.flush();
  tell({ type: "done", totals: tally.result(), document });
  port?.close();
}

function loopOf(zeroUs: number, events: LoopEvents): Loop {
  if (plan.arrival.kind !== "closed")
    return openLoop(targetOf(plan), share, plan.arrival, { zeroUs, durationMs: plan.durationMs }, events);
  return autocannon === null
    ? closedLoop(targetOf(plan), share, events)
    : autocannon.autocannonLoop(plan, share, events);
}
