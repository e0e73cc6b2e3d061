// One connection to the target with at most one request on it. Everything that a wire says is bound to that wire:
// what an abandoned one still says can never be taken for the answer to a later request.
import { nowUs } from "./clock.ts";
import { kindOfError, type FailureKind } from "./failure-kind.ts";
import { PlainWire } from "./plain-wire.ts";
import { ResponseReader } from "./response-reader.ts";
import { newExchange, type Exchange } from "./tally.ts";
import { TlsWire } from "./tls-wire.ts";
import type { Wire, WireOwner } from "./wire.ts";

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

export class Connection implements WireOwner {
  readonly #target: Target;
  readonly #ended: (exchange: Exchange, connection: Connection) => void;
  readonly #reader: ResponseReader;
  #wire: Wire | null = null;
  #exchange: Exchange | null = null;
  /** Every request of this connection is told in the same object, so that a load makes no garbage. */
  readonly #told = newExchange(0);

  /** @param ended is told the end of every request that was begun, once; the exchange is written again by the next one */
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
    const exchange = this.#told;
    exchange.intendedUs = intendedUs;
    exchange.startUs = startUs;
    exchange.connectUs = 0;
    exchange.firstByteUs = 0;
    this.#exchange = exchange;
    this.#reader.reset();
    if (this.#wire === null) this.#wire = this.#open();
    else this.#wire.write(this.#target.request);
  }

  /** Gives up a request that has taken too long. */
  expire(atUs: number): void {
    if (this.#exchange !== null && atUs - this.#exchange.intendedUs >= this.#target.timeoutMs * 1000)
      this.#fail("timeout");
  }

  close(): void {
    this.#wire?.close();
    this.#wire = null;
  }

  connected(wire: Wire): void {
    if (wire !== this.#wire || this.#exchange === null) return;
    this.#exchange.connectUs = Math.max(1, nowUs() - this.#exchange.startUs);
    wire.write(this.#target.request);
  }

  arrived(wire: Wire, buffer: Buffer, length: number): void {
    if (wire !== this.#wire) return;
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

  ended(wire: Wire): void {
    if (wire === this.#wire) this.#finish();
  }

  failed(wire: Wire, error: Error): void {
    if (wire === this.#wire) this.#cut(kindOfError(error));
  }

  #open(): Wire {
    const { address, port, keepAlive, secure } = this.#target;
    // A connection for one request ends with it: nothing could be held back.
    return secure
      ? new TlsWire(this.#target, this)
      : new PlainWire({ address, port, noDelay: keepAlive }, this);
  }

  #finish(): void {
    if (this.#exchange === null) this.#wire = null;
    else if (this.#reader.finish()) this.#complete(nowUs());
    else this.#cut("reset");
  }

  /** The connection is gone, by itself. */
  #cut(kind: FailureKind): void {
    if (this.#exchange === null) this.#wire = null;
    else this.#fail(kind === "reset" && this.#exchange.firstByteUs > 0 ? "mid-body" : kind);
  }

  #complete(atUs: number): void {
    const status = this.#reader.head?.status ?? 0;
    if (!this.#target.keepAlive || this.#reader.head?.keepAlive === false || this.#reader.finish())
      this.#linger();
    this.#end(status >= 200 && status < 300 ? null : "non-2xx", atUs);
  }

  #linger(): void {
    const wire = this.#wire;
    this.#wire = null;
    wire?.linger();
  }

  #fail(kind: FailureKind): void {
    this.close();
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
