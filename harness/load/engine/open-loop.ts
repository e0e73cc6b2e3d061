// Requests at instants that the target cannot move. One that is due while every connection is taken waits, and its
// latency counts from when it was due: a stall of the target is felt by everybody who would have come meanwhile, and not
// only by those who were being served (coordinated omission). Connections take turns, so that all of them are in use.
import { arrivals } from "./arrivals.ts";
import { nowUs } from "./clock.ts";
import { Connection, type Target } from "./connection.ts";
import type { Loop, LoopEvents } from "./loop.ts";
import type { Arrival, Share } from "./plan.ts";
import { newExchange, type Exchange } from "./tally.ts";

/** A timer comes up to this late. */
const timerSlackUs = 1600;

export function openLoop(
  target: Target,
  share: Share,
  arrival: Exclude<Arrival, { kind: "closed" }>,
  time: { zeroUs: number; durationMs: number },
  events: LoopEvents,
): Loop {
  const { zeroUs } = time;
  const endUs = zeroUs + time.durationMs * 1000;
  const finished = Promise.withResolvers<undefined>();
  const nextDue = arrivals(arrival, share);
  const limit = share.maxRequests ?? Infinity;
  const waiting: number[] = [];
  let timer: NodeJS.Timeout | undefined;
  let dueUs = zeroUs + nextDue();
  let begun = 0;
  let busy = 0;
  let over = false;

  const free: Connection[] = Array.from(
    { length: share.connections },
    () =>
      new Connection(target, (exchange, connection) => {
        events.ended(exchange, connection);
        const intendedUs = waiting.shift();
        if (intendedUs === undefined) {
          busy -= 1;
          free.push(connection);
          settle();
        } else connection.begin(nowUs(), intendedUs);
      }),
  );
  const all = [...free];

  const settle = () => {
    if (!over || busy > 0 || waiting.length > 0) return;
    for (const connection of all) connection.close();
    finished.resolve(undefined);
  };
  const begin = (atUs: number, intendedUs: number) => {
    begun += 1;
    events.sent(atUs);
    // The one used last: no more are opened than are needed at once.
    const connection = free.pop();
    if (connection === undefined) {
      waiting.push(intendedUs);
      events.queued?.();
      return;
    }
    busy += 1;
    connection.begin(atUs, intendedUs);
  };
  const pump = () => {
    if (over) return;
    let atUs = nowUs();
    while (dueUs <= atUs && dueUs < endUs && begun < limit) {
      begin(atUs, Math.round(dueUs));
      dueUs = zeroUs + nextDue();
      atUs = nowUs();
    }
    if (begun >= limit || dueUs >= endUs) {
      over = true;
      settle();
      return;
    }
    const leftUs = dueUs - atUs;
    if (!arrival.spin) timer = setTimeout(pump, Math.max(1, Math.ceil(leftUs / 1000)));
    else if (leftUs > timerSlackUs + 1000)
      timer = setTimeout(pump, Math.floor((leftUs - timerSlackUs) / 1000));
    else setImmediate(pump);
  };

  return {
    start: pump,
    stop() {
      over = true;
      clearTimeout(timer);
      settle();
    },
    expire(atUs) {
      // Whoever has waited too long for a connection has been failed by the target just the same.
      for (;;) {
        const [intendedUs] = waiting;
        if (intendedUs === undefined || atUs - intendedUs < target.timeoutMs * 1000) break;
        waiting.shift();
        events.ended(neverBegun(intendedUs, nowUs()), null);
      }
      for (const connection of all) connection.expire(atUs);
      settle();
    },
    inFlight: () => all.reduce((sum, each) => sum + (each.busy ? 1 : 0), 0) + waiting.length,
    finished: finished.promise,
  };
}

function neverBegun(intendedUs: number, endUs: number): Exchange {
  return { ...newExchange(endUs, intendedUs), endUs, failure: "timeout" };
}
