// One connection to the target with at most one request on it. Everything that a socket says is bound to that socket:
// what an abandoned one still says can never be taken for the answer to a later request.
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { nowUs } from "./clock.ts";
import { kindOfError, type FailureKind } from "./failure-kind.ts";
import { ResponseReader } from "./response-reader.ts";
import type { Exchange } from "./tally.ts";

export interface Target {
  address: string;
  port: number;
  secure: boolean;
  tls: { verify: boolean; ca?: string; serverName: string };
  method: string;
  request: Buffer;
  keepAlive: boolean;
  timeoutMs: number;
}

/** A connection that is done with waits so long for the other side to close first, which spares local ports. */
const lingerMs = 1000;

/** One for all sockets of the thread: what arrives is looked at before anything else can arrive. */
const arrivals = Buffer.allocUnsafeSlow(64 * 1024);

export class Connection {
  readonly #target: Target;
  readonly #ended: (exchange: Exchange, connection: Connection) => void;
  readonly #reader: ResponseReader;
  #socket: Socket | null = null;
  #exchange: Exchange | null = null;

  /** @param ended is told the end of every request that was begun, once */
  constructor(target: Target, ended: (exchange: Exchange, connection: Connection) => void) {
    this.#target = target;
    this.#ended = ended;
    this.#reader = new ResponseReader(target.method);
  }

  get busy(): boolean {
    return this.#exchange !== null;
  }

  /** The `Server` header of the latest answer. */
  get server(): string {
    return this.#reader.head?.server ?? "";
  }

  begin(startUs: number, intendedUs: number): void {
    this.#exchange = {
      intendedUs,
      startUs,
      connectUs: 0,
      firstByteUs: 0,
      endUs: 0,
      status: 0,
      failure: null,
      bytes: 0,
      bodyBytes: 0,
    };
    this.#reader.reset();
    if (this.#socket === null) this.#open(startUs);
    else this.#socket.write(this.#target.request);
  }

  /** Gives up a request that has taken too long. */
  expire(atUs: number): void {
    if (this.#exchange !== null && atUs - this.#exchange.intendedUs >= this.#target.timeoutMs * 1000)
      this.#fail("timeout");
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  #open(startUs: number): void {
    const socket = this.#connect();
    this.#socket = socket;
    const current = () => this.#socket === socket;
    socket.once(this.#target.secure ? "secureConnect" : "connect", () => {
      if (!current() || this.#exchange === null) return;
      this.#exchange.connectUs = Math.max(1, nowUs() - startUs);
      socket.write(this.#target.request);
    });
    socket.on("error", (error) => {
      if (current()) this.#cut(kindOfError(error));
    });
    socket.on("end", () => {
      if (current()) this.#finish();
      // Nothing more will be said on either side.
      socket.destroy();
    });
    socket.on("close", () => {
      if (current()) this.#cut("reset");
    });
  }

  #connect(): Socket {
    const { address, port, secure, tls, keepAlive } = this.#target;
    if (!secure) {
      const callback = (length: number, buffer: Uint8Array) => {
        // A socket left to linger has nothing more to say.
        if (this.#socket === socket) this.#arrived(buffer as Buffer, length);
        return true;
      };
      const socket = connectPlain({
        host: address,
        port,
        // Both sides end at once, by us: saves a call for each connection.
        allowHalfOpen: true,
        // A connection for one request ends with it: nothing could be held back.
        noDelay: keepAlive,
        onread: { buffer: arrivals, callback },
      });
      return socket;
    }
    const socket = connectTls({
      host: address,
      port,
      rejectUnauthorized: tls.verify,
      ALPNProtocols: ["http/1.1"],
      ...(tls.serverName === "" ? {} : { servername: tls.serverName }),
      ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    });
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => {
      if (this.#socket === socket) this.#arrived(chunk, chunk.length);
    });
    return socket;
  }

  #arrived(buffer: Buffer, length: number): void {
    if (this.#exchange === null) {
      // Nobody asked for anything.
      this.close();
      return;
    }
    const atUs = nowUs();
    if (this.#exchange.firstByteUs === 0) this.#exchange.firstByteUs = atUs;
    const state = this.#reader.push(buffer, length);
    if (state === "done") this.#complete(atUs);
    else if (state === "bad") this.#fail("not http");
  }

  #finish(): void {
    if (this.#exchange === null) this.#socket = null;
    else if (this.#reader.finish()) this.#complete(nowUs());
    else this.#cut("reset");
  }

  /** The connection is gone, by itself. */
  #cut(kind: FailureKind): void {
    if (this.#exchange === null) this.#socket = null;
    else this.#fail(kind === "reset" && this.#exchange.firstByteUs > 0 ? "mid-body" : kind);
  }

  #complete(atUs: number): void {
    const status = this.#reader.head?.status ?? 0;
    if (!this.#target.keepAlive || this.#reader.head?.keepAlive === false || this.#reader.finish())
      this.#linger();
    this.#end(status >= 200 && status < 300 ? null : "non-2xx", atUs);
  }

  #linger(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.setTimeout(lingerMs, () => socket.destroy());
  }

  #fail(kind: FailureKind): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.destroy();
    this.#end(kind);
  }

  #end(failure: FailureKind | null, atUs = nowUs()): void {
    const exchange = this.#exchange;
    if (exchange === null) return;
    exchange.endUs = atUs;
    exchange.status = this.#reader.head?.status ?? 0;
    exchange.failure = failure;
    exchange.bytes = this.#reader.bytes;
    exchange.bodyBytes = this.#reader.bodyBytes;
    this.#exchange = null;
    this.#ended(exchange, this);
  }
}
