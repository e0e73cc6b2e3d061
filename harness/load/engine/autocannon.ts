// The second opinion: autocannon 9 drives a closed loop over kept connections without TLS, which is what it was made for.
// What it says of itself is not used (whole milliseconds); requests are measured from its events, and what goes wrong at
// the end of a connection is put right: an answer in progress is failed or finished, queue and parser start afresh, the
// old socket falls silent, a target that refuses is given a pause, and nothing is sent on a connection that the server
// has announced to close. The methods that are wrapped are internal to the exact version in package.json; the tests of
// this file tell when they change.
import type { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import autocannon from "autocannon";
import { nowUs } from "./clock.ts";
import { kindOfError, type FailureKind } from "./failure-kind.ts";
import type { Loop, LoopEvents } from "./loop.ts";
import { pauseMs } from "./pause.ts";
import type { LoadPlan, Share } from "./plan.ts";
import { newExchange, type Exchange } from "./tally.ts";

interface Client extends EventEmitter {
  conn?: Socket;
  parser: {
    reinitialize(kind: "RESPONSE"): void;
    finish(): void;
    3: (chunk: Buffer, from: number, length: number) => void;
  };
  reqsMade: number;
  responseMax: number;
  destroyed: boolean;
  destroy(): void;
  _connect(): void;
  _doRequest(): void;
  _destroyConnection(): void;
}

interface Guarded {
  busy(): boolean;
  stop(): void;
}

export function autocannonLoop(plan: LoadPlan, share: Share, events: LoopEvents): Loop {
  const finished = Promise.withResolvers<undefined>();
  const clients: Guarded[] = [];
  let left = share.connections;
  const done = () => {
    left -= 1;
    if (left === 0) finished.resolve(undefined);
  };
  return {
    start() {
      autocannon(
        {
          url: plan.url,
          connections: share.connections,
          method: plan.method as "GET",
          headers: Object.fromEntries(plan.headers),
          ...(plan.body === null ? {} : { body: Buffer.from(plan.body) }),
          ...(share.maxRequests === null ? {} : { amount: share.maxRequests }),
          // Ended from outside; this only has to be longer.
          duration: (plan.durationMs + plan.timeoutMs) / 1000 + 60,
          timeout: plan.timeoutMs / 1000,
          setupClient: (client) => clients.push(guard(client as unknown as Client, events, done)),
        },
        () => undefined,
      );
    },
    stop() {
      for (const client of clients) client.stop();
    },
    // It keeps its own time-outs.
    expire: () => undefined,
    inFlight: () => clients.reduce((sum, each) => sum + (each.busy() ? 1 : 0), 0),
    finished: finished.promise,
  };
}

function guard(client: Client, events: LoopEvents, done: () => void): Guarded {
  let open: Exchange | null = null;
  let keepAlive = true;
  let server = "";
  let reconnecting = false;
  let stopped = false;
  let streak = 0;
  const end = (failure: FailureKind | null) => {
    if (open === null) return;
    const exchange = { ...open, endUs: nowUs(), failure };
    open = null;
    streak = failure === null || failure === "non-2xx" ? 0 : streak + 1;
    lastFailure = failure;
    events.ended(exchange, { server });
  };
  let lastFailure: FailureKind | null = null;

  client.on("request", () => {
    const startUs = nowUs();
    const exchange = newExchange(startUs);
    open = exchange;
    events.sent(startUs);
    if (client.conn?.connecting === true)
      client.conn.once("connect", () => (exchange.connectUs = Math.max(1, nowUs() - startUs)));
  });
  client.on("headers", (head: { statusCode: number; headers: string[]; shouldKeepAlive: boolean }) => {
    if (open === null) return;
    open.firstByteUs = nowUs();
    open.status = head.statusCode;
    keepAlive = head.shouldKeepAlive;
    server = head.headers[head.headers.findIndex((each) => each.toLowerCase() === "server") + 1] ?? "";
  });
  client.on("response", (status: number, bytes: number) => {
    if (open !== null) open.bytes = bytes;
    end(status >= 200 && status < 300 ? null : "non-2xx");
  });
  client.on("connError", (error: Error) => {
    const kind = kindOfError(error);
    end(kind === "reset" && (open?.firstByteUs ?? 0) > 0 ? "mid-body" : kind);
  });
  client.on("done", done);
  // The parser gets its handlers after this function.
  queueMicrotask(() => {
    const body = client.parser[3].bind(client.parser);
    client.parser[3] = (chunk, from, length) => {
      if (open !== null) open.bodyBytes += length;
      body(chunk, from, length);
    };
  });

  const connect = client._connect.bind(client);
  const request = client._doRequest.bind(client);
  client._connect = () => {
    if (reconnecting || client.destroyed) return;
    reconnecting = true;
    if (open !== null) {
      // A socket that is destroyed already has been given up by the library, because the time was over.
      const late = client.conn?.destroyed === true;
      if (!late) client.parser.finish();
      end(late ? "timeout" : (open as Exchange | null)?.firstByteUs === 0 ? "reset" : "mid-body");
    }
    if (client.conn !== undefined) client._destroyConnection();
    const again = () => {
      reconnecting = false;
      keepAlive = true;
      if (stopped) client.destroy();
      if (client.destroyed) return;
      client.parser.reinitialize("RESPONSE");
      connect();
    };
    if (client.conn === undefined) again();
    else setTimeout(again, lastFailure === null ? 0 : pauseMs(streak, lastFailure));
  };
  client._doRequest = () => {
    if (reconnecting) return;
    if (stopped) client.destroy();
    else if (keepAlive) request();
    else client._connect();
  };
  return {
    busy: () => open !== null,
    stop() {
      stopped = true;
      if (open === null) client.destroy();
    },
  };
}
