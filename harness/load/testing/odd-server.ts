// A server that does to every request what the test says and keeps its own record of it, which is the truth that the
// load's figures are compared with.
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** `later`: the answer comes when the test lets it, by `OddServer.release`. */
export type Behaviour = "ok" | "error" | "close" | "reset" | "mid-body" | "silent" | "last" | "later";

export interface OddServer {
  port: number;
  connections: number;
  requests: number;
  did: Partial<Record<Behaviour, number>>;
  /** The first bytes of the latest request. */
  latest: string;
  /** Answers everything that was kept back. */
  release(): void;
  /** Ends everything; the port refuses afterwards. */
  stop(): Promise<void>;
}

const good = (close: boolean) =>
  `HTTP/1.1 200 OK\r\nServer: odd\r\n${close ? "Connection: close\r\n" : ""}Content-Length: 5\r\n\r\nhello`;

/** @param behave for the request with that number, from 1 */
export async function oddServer(behave: (count: number) => Behaviour, port = 0): Promise<OddServer> {
  const sockets = new Set<Socket>();
  const kept: (() => void)[] = [];
  const state: Omit<OddServer, "port" | "release" | "stop"> = {
    connections: 0,
    requests: 0,
    did: {},
    latest: "",
  };
  const server: Server = createServer((socket) => {
    state.connections += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      state.latest = chunk.toString("latin1");
      state.requests += 1;
      const how = behave(state.requests);
      state.did[how] = (state.did[how] ?? 0) + 1;
      // ab speaks HTTP/1.0, in which closing is the rule.
      const close = /connection: close|HTTP\/1\.0/i.test(state.latest);
      const answer = () => {
        if (close) socket.end(good(true));
        else socket.write(good(false));
      };
      if (how === "ok") answer();
      else if (how === "later") kept.push(answer);
      else odd(socket, how, close);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return Object.assign(state, {
    port: (server.address() as AddressInfo).port,
    release() {
      for (const answer of kept.splice(0)) answer();
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

function odd(socket: Socket, how: Exclude<Behaviour, "ok" | "later">, close: boolean): void {
  switch (how) {
    case "error":
      socket.write("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
      if (close) socket.end();
      return;
    case "last":
      socket.end(good(true));
      return;
    case "close":
      socket.end();
      return;
    case "reset":
      socket.resetAndDestroy();
      return;
    case "mid-body":
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf of it");
      return;
    case "silent":
      return;
  }
}
