// A TCP relay whose line can be cut, refused, or made silent as by a power cut: open connections that say nothing.
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

export interface Relay {
  port: number;
  /** Connections taken since the start. */
  taken: number;
  /** Nothing is forwarded any more, nothing is closed; new connections are taken and left alone. */
  silence(): void;
  /** Every connection is reset and new ones are refused. */
  cut(): Promise<void>;
  /** Works again; what was silent is reset, as a machine that has booted does. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

export async function relayTo(target: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  let silent = false;
  let server: Server;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  };
  const listen = async (port: number) => {
    server = createServer((inner) => {
      relay.taken += 1;
      keep(inner);
      if (silent) return;
      const outer = connect(target, "127.0.0.1");
      keep(outer);
      for (const [from, to] of [
        [inner, outer],
        [outer, inner],
      ] as const) {
        from.on("data", (chunk) => {
          if (!silent) to.write(chunk);
        });
        from.on("close", () => {
          if (!silent) to.destroy();
        });
      }
    });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    relay.port = typeof address === "object" && address !== null ? address.port : 0;
  };
  const shut = async () => {
    const closed = server.listening ? once(server, "close") : Promise.resolve();
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  };
  const relay: Relay = {
    port: 0,
    taken: 0,
    silence() {
      silent = true;
    },
    cut: shut,
    async restore() {
      await shut();
      silent = false;
      await listen(relay.port);
    },
    close: shut,
  };
  await listen(0);
  return relay;
}
