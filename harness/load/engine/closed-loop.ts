// So many connections, each sending the next request when the last one has ended: the target sets the pace, as with ab
// and wrk. A target that is away is asked again after a pause that grows, else its outage would be a storm.
import { nowUs } from "./clock.ts";
import { Connection, type Target } from "./connection.ts";
import type { Loop, LoopEvents } from "./loop.ts";
import { pauseMs } from "./pause.ts";

export function closedLoop(
  target: Target,
  share: { connections: number; maxRequests: number | null },
  events: LoopEvents,
): Loop {
  const finished = Promise.withResolvers<undefined>();
  const limit = share.maxRequests ?? Infinity;
  /** Failures in a row, by connection. */
  const streaks = new Map<Connection, number>();
  const pauses = new Set<NodeJS.Timeout>();
  let begun = 0;
  let stopped = false;
  let active = 0;

  const next = (connection: Connection) => {
    if (stopped || begun >= limit) {
      connection.close();
      active -= 1;
      if (active === 0) finished.resolve(undefined);
      return;
    }
    begun += 1;
    const startUs = nowUs();
    events.sent(startUs);
    connection.begin(startUs, startUs);
  };
  const pause = (connection: Connection, ms: number) => {
    const timer = setTimeout(() => {
      pauses.delete(timer);
      next(connection);
    }, ms);
    pauses.add(timer);
  };
  const connections = Array.from(
    { length: share.connections },
    () =>
      new Connection(target, (exchange, connection) => {
        events.ended(exchange, connection);
        if (exchange.failure === null || exchange.failure === "non-2xx") {
          if (streaks.size > 0) streaks.delete(connection);
          next(connection);
          return;
        }
        const streak = (streaks.get(connection) ?? 0) + 1;
        streaks.set(connection, streak);
        pause(connection, pauseMs(streak, exchange.failure));
      }),
  );

  return {
    start() {
      active = connections.length;
      for (const connection of connections) next(connection);
    },
    stop() {
      stopped = true;
      // Whoever pauses has nothing in flight.
      const waiting = pauses.size;
      for (const timer of pauses) clearTimeout(timer);
      pauses.clear();
      active -= waiting;
      if (active === 0) finished.resolve(undefined);
    },
    expire(atUs) {
      for (const connection of connections) connection.expire(atUs);
    },
    inFlight: () => connections.reduce((sum, each) => sum + (each.busy ? 1 : 0), 0),
    finished: finished.promise,
  };
}
