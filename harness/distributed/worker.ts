// The program of a worker pod: waits for an order, gets ready, begins at the agreed instant, keeps its report until it
// has been read. Ends by itself when nobody cares for it any more.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { KubedrillError, messageOf, usageError } from "../base/errors.ts";
import { addressOf } from "../load/address.ts";
import { nowUs } from "../load/engine/clock.ts";
import { startThreads, type RunningThreads } from "../load/load.ts";
import { preflight } from "../load/preflight.ts";
import { wallMs } from "./clocks.ts";
import {
  farewellSchema,
  orderSchema,
  planOf,
  reportOf,
  startSchema,
  tokenVariable,
  workerPort,
  type Report,
  type Status,
} from "./protocol.ts";

/** Without any question for so long, whoever gave the order is gone. */
const forgottenMs = 120_000;

export interface WorkerServer {
  port: number;
  /** Resolves when it may end: the report was read, or nobody asks any more. */
  over: Promise<void>;
  close(): void;
}

/** @param port 0: any that is free */
export async function serveWorker(token: string, port: number): Promise<WorkerServer> {
  const over = Promise.withResolvers<undefined>();
  const start = Promise.withResolvers<number>();
  let state: Status["state"] = "idle";
  let why: string | null = null;
  let sent = 0;
  let threads: RunningThreads | undefined;
  let report: Report | undefined;
  const leave = () => {
    over.resolve(undefined);
  };
  let forgotten = setTimeout(leave, forgottenMs);

  const fail = (error: unknown) => {
    state = "failed";
    why = messageOf(error);
  };
  const order = async (body: unknown) => {
    const given = orderSchema.parse(body);
    allowed(given.token);
    if (state !== "idle") throw usageError("This worker has an order already.");
    state = "ready";
    try {
      const named = planOf(given);
      const plan = { ...named, address: await addressOf(new URL(named.url).hostname) };
      await preflight(plan);
      const ready = Promise.withResolvers<undefined>();
      const begin = async () => {
        ready.resolve(undefined);
        const atMs = await start.promise;
        state = "running";
        return nowUs() + (atMs - wallMs()) * 1000;
      };
      const listeners = {
        onSecond: (second: { sent: number }) => {
          sent += second.sent;
        },
      };
      threads = startThreads(plan, given.shares, listeners, begin);
      void threads.told.then((told) => {
        report = reportOf(told);
        state = "done";
      }, fail);
      await Promise.race([ready.promise, threads.told]);
    } catch (error) {
      fail(error);
      throw error;
    }
    return {};
  };
  const routes: Record<string, (body: unknown) => unknown> = {
    "GET /status": (): Status => ({ state, clockMs: wallMs(), sent, why }),
    "POST /order": order,
    "POST /start": (body) => {
      const { token: shown, atMs } = startSchema.parse(body);
      allowed(shown);
      if (state !== "ready") throw usageError(`This worker is ${state}, not ready.`);
      if (atMs <= wallMs()) throw usageError("The agreed instant has passed.");
      start.resolve(atMs);
      return {};
    },
    "POST /stop": (body) => {
      allowed(farewellSchema.parse(body).token);
      threads?.stop();
      return {};
    },
    "GET /report": () => {
      if (report === undefined) throw usageError(`This worker is ${state}; it has no report.`);
      return report;
    },
    "POST /leave": (body) => {
      allowed(farewellSchema.parse(body).token);
      leave();
      return {};
    },
  };
  const allowed = (shown: string) => {
    if (shown !== token) throw usageError("This worker takes orders from somebody else.");
  };
  const server = createServer((request, response) => {
    clearTimeout(forgotten);
    // While it runs, its own limits end it.
    forgotten = setTimeout(leave, state === "running" ? 2 ** 30 : forgottenMs);
    void answer(request, response, routes);
  });
  await new Promise<void>((resolve) => server.listen(port, resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    over: over.promise,
    close() {
      clearTimeout(forgotten);
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  routes: Record<string, (body: unknown) => unknown>,
): Promise<void> {
  const say = (status: number, body: unknown) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const route = routes[`${request.method ?? ""} ${request.url ?? ""}`];
  if (route === undefined) {
    say(404, { message: "There is nothing here." });
    return;
  }
  try {
    say(200, await route(request.method === "POST" ? await json(request) : undefined));
  } catch (error) {
    say(error instanceof KubedrillError ? 409 : 400, { message: messageOf(error) });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const server = await serveWorker(process.env[tokenVariable] ?? "", workerPort);
  process.once("SIGTERM", () => process.exit(0));
  await server.over;
  // The answer to the farewell is still on its way.
  setTimeout(() => process.exit(0), 500);
}
