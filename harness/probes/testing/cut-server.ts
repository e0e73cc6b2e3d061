// HTTP servers that can be cut off for known times, in the three ways in which servers vanish. For tests only.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";

export type Manner = "refused" | "silent" | "dropped";

export interface CutServer {
  port: number;
  /** Resolve when it is cut off, or back, for new connections; it is so at some time during the call. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

export function cutServer(manner: Manner): Promise<CutServer> {
  if (manner === "refused") return refusingServer();
  return manner === "silent" ? silentServer() : droppingServer();
}

/** Stops listening: the kernel answers with a reset. */
async function refusingServer(): Promise<CutServer> {
  const port = await listen(createServer(answer), 0, true);
  let server = createServer(answer);
  await listen(server, port);
  return {
    port,
    cut: () => closed(server),
    mend: async () => {
      server = createServer(answer);
      await listen(server, port);
    },
    close: () => closed(server),
  };
}

/** Accepts connections and requests, and never answers those that came while it was cut off. */
async function silentServer(): Promise<CutServer> {
  let silent = false;
  const server = createServer((_, response) => {
    if (!silent) response.end("ok");
  });
  return {
    port: await listen(server, 0),
    cut: () => Promise.resolve(void (silent = true)),
    mend: () => Promise.resolve(void (silent = false)),
    close: () => closed(server),
  };
}

/** Packets vanish: the process is stopped and its accept queue is full, so the kernel drops each SYN. */
async function droppingServer(): Promise<CutServer> {
  const child = spawn(process.execPath, ["-e", childProgram], { stdio: ["ignore", "pipe", "inherit"] });
  const [first] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(first.toString());
  let fillers: Socket[] = [];
  return {
    port,
    cut: async () => {
      child.kill("SIGSTOP");
      fillers = await fillQueue(port);
    },
    mend: async () => {
      child.kill("SIGCONT");
      for (const filler of fillers) filler.destroy();
      // The kernel lets it run when it is its turn, which on a busy machine is some time later.
      while (!(await answers(port)));
    },
    close: () => ended(child),
  };
}

const childProgram = `
  const server = require("node:http").createServer((_, response) => response.end("ok"));
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => console.log(server.address().port));
`;

/** Connects until a connection is not accepted any more. */
async function fillQueue(port: number): Promise<Socket[]> {
  const fillers: Socket[] = [];
  for (;;) {
    const filler = connect(port, "127.0.0.1").on("error", () => undefined);
    fillers.push(filler);
    const accepted = await Promise.race([once(filler, "connect").then(() => true), soon()]);
    if (!accepted) return fillers;
  }
}

/** Whether a new connection is answered at once. A lost SYN would be sent again only after a second. */
async function answers(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${String(port)}/`, {
      headers: { connection: "close" },
      signal: AbortSignal.timeout(50),
    });
    return true;
  } catch {
    return false;
  }
}

/** On the loopback a connection is there within a millisecond, or its SYN was dropped. */
function soon(): Promise<false> {
  return new Promise((resolve) =>
    setTimeout(() => {
      resolve(false);
    }, 20),
  );
}

function answer(_: unknown, response: { end: (text: string) => void }): void {
  response.end("ok");
}

async function listen(server: Server, port: number, andClose = false): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const used = (server.address() as AddressInfo).port;
  if (andClose) await closed(server);
  return used;
}

async function closed(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await Promise.resolve();
}

async function ended(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}
