// The two kinds of client against a plain HTTP server.
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { neverArrived, wordOf } from "./attempt-error.ts";
import { connect, type Connection } from "./connection.ts";

const ask = { method: "GET", path: "/" } as const;

it("a kept client sends one request after the other on one connection", async () => {
  const { client, sockets } = await open("kept");
  await client.ask(ask, AbortSignal.timeout(5000));
  await Promise.all([1, 2, 3].map(() => client.ask(ask, AbortSignal.timeout(5000))));
  expect(sockets.size).toBe(1);
});

it("without a connection each attempt opens its own, and the first that answers is kept", async () => {
  const { client, sockets, open: living } = await open("kept");
  await Promise.all([1, 2, 3].map(() => client.ask(ask, AbortSignal.timeout(5000))));
  expect(sockets.size).toBe(3);
  await pause(50);
  expect(living()).toBe(1);
  await client.ask(ask, AbortSignal.timeout(5000));
  expect(sockets.size).toBe(3);
});

it("those that wait for a connection share its end, and do not wait for their own time-outs", async () => {
  const { client, state, sockets } = await open("kept");
  await client.ask(ask, AbortSignal.timeout(5000));
  state.hang = true;
  const stuck = [300, 60_000, 60_000].map((limit) => client.ask(ask, AbortSignal.timeout(limit)));
  const ends = await Promise.allSettled(stuck);
  expect(ends.map((each) => each.status)).toEqual(["rejected", "rejected", "rejected"]);
  state.hang = false;
  expect((await client.ask(ask, AbortSignal.timeout(5000))).body).toBe("ok");
  expect(sockets.size).toBe(2);
});

it("a reset connection is an error of one word, and the next attempt connects anew", async () => {
  const { client, sockets } = await open("kept");
  await client.ask(ask, AbortSignal.timeout(5000));
  const pending = client.ask({ ...ask, path: "/wait" }, AbortSignal.timeout(5000));
  const outcome = pending.catch((error: unknown) => wordOf(error));
  await pause(50);
  for (const socket of sockets) socket.resetAndDestroy();
  expect(await outcome).toBe("reset");
  expect((await client.ask(ask, AbortSignal.timeout(5000))).status).toBe(200);
});

it("a refused connection has surely done nothing on the server", async () => {
  const { client, close } = await open("fresh");
  await close();
  const error: unknown = await client.ask(ask, AbortSignal.timeout(5000)).catch((reason: unknown) => reason);
  expect(wordOf(error)).toBe("refused");
  expect(neverArrived(error)).toBe(true);
  expect(neverArrived(new Error("socket hang up"))).toBe(false);
});

async function open(connection: Connection) {
  const state = { hang: false };
  const sockets = new Set<Socket>();
  const server = createServer((request, response: ServerResponse) => {
    if (!state.hang && request.url !== "/wait") response.end("ok");
  });
  server.on("connection", (socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect({ host: "127.0.0.1", port: (server.address() as AddressInfo).port }, connection);
  const close = async () => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  onTestFinished(async () => {
    client.close();
    await close();
  });
  return { client, state, sockets, close, open: () => [...sockets].filter((each) => !each.destroyed).length };
}
