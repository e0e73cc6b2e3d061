// The target of `bench load`, a process of its own: plain sockets, so that it costs as little as possible, and either
// quick answers or delays that it makes on purpose and records. Started with `plain` or `odd`; says its port on stdout,
// and prints its record when its stdin ends.
import { createServer, type AddressInfo, type Socket } from "node:net";
import { nowUs } from "../harness/load/engine/clock.ts";

/** From the first request on: quick for a while, then nothing is answered for a while. */
export const stall = { afterMs: 4000, forMs: 1500 };

const body = "x".repeat(612);
const head = (connection: string) =>
  `HTTP/1.1 200 OK\r\nServer: bench\r\nConnection: ${connection}\r\nContent-Type: text/plain\r\nContent-Length: 612\r\n\r\n${body}`;
const kept = Buffer.from(head("keep-alive"));
const last = Buffer.from(head("close"));

/** Of every request, in µs: before its answer was written, and when it had been: on loopback it has arrived by then. */
export type Answered = [fromUs: number, toUs: number];

const record: Answered[] = [];
let firstUs = 0;

/** Most take 2 ms, one in fifteen 20 ms; in the stall everything waits for its end. */
function delayMs(atUs: number): number {
  firstUs ||= atUs;
  const sinceMs = (atUs - firstUs) / 1000;
  const own = record.length % 15 === 7 ? 20 : 2;
  const endMs = stall.afterMs + stall.forMs;
  return sinceMs >= stall.afterMs && sinceMs < endMs ? Math.max(own, endMs - sinceMs) : own;
}

function answer(socket: Socket, request: Buffer): void {
  // HTTP/1.0 without "Connection: Keep-Alive" is what ab sends.
  if (request.includes("close\r\n") || (request.includes("HTTP/1.0") && !request.includes("eep-")))
    socket.end(last);
  else socket.write(kept);
}

const odd = process.argv[2] === "odd";
const server = createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => undefined);
  socket.on("data", (chunk: Buffer) => {
    if (!odd) {
      answer(socket, chunk);
      return;
    }
    const cameUs = nowUs();
    const entry: Answered = [0, 0];
    const delay = delayMs(cameUs);
    record.push(entry);
    setTimeout(() => {
      entry[0] = nowUs();
      answer(socket, chunk);
      entry[1] = nowUs();
    }, delay);
  });
});
server.listen(0, "127.0.0.1", 1024, () => {
  process.stdout.write(`${String((server.address() as AddressInfo).port)}\n`);
});
process.stdin.resume().on("end", () => {
  process.stdout.write(`${JSON.stringify(record)}\n`, () => process.exit(0));
});
