// TCP without TLS, on Node's handle of a socket. `net.Socket` puts two streams, an emitter and a dozen of deferred calls
// around it, which cost as much as the system calls of a connection that carries one request; a load needs none of them.
// The handle is not Node's public interface: the project brings its own Node, in one version, and no other code uses it.
import { getSystemErrorName } from "node:util";
import { Lingering } from "./lingering.ts";
import type { Wire, WireOwner } from "./wire.ts";

interface Handle {
  onread: () => void;
  connect(request: ConnectRequest, address: string, port: number): number;
  connect6(request: ConnectRequest, address: string, port: number): number;
  setNoDelay(on: boolean): number;
  /** What arrives is written into it, always from its beginning. */
  useUserBuffer(buffer: Buffer): void;
  readStart(): number;
  writeBuffer(request: WriteRequest, bytes: Buffer): number;
  close(): void;
}

interface ConnectRequest {
  oncomplete: (status: number) => void;
}

interface WriteRequest {
  oncomplete: (this: WriteRequest, status: number) => void;
  /** Kept from being collected until it is written. */
  bytes: Buffer | null;
  wire: PlainWire | null;
}

interface Bindings {
  tcp_wrap: {
    TCP: new (type: number) => Handle;
    TCPConnectWrap: new () => ConnectRequest;
    constants: { SOCKET: number };
  };
  stream_wrap: {
    WriteWrap: new () => WriteRequest;
    kReadBytesOrError: number;
    kLastWriteWasAsync: number;
    streamBaseState: Int32Array;
  };
}

const node = process as unknown as { binding<Name extends keyof Bindings>(name: Name): Bindings[Name] };
const { TCP, TCPConnectWrap, constants } = node.binding("tcp_wrap");
const { WriteWrap, kReadBytesOrError, kLastWriteWasAsync, streamBaseState } = node.binding("stream_wrap");

/** One for all wires of the thread: what arrives is looked at before anything else can arrive. */
const arrivals = Buffer.allocUnsafeSlow(64 * 1024);
const lingering = new Lingering();

/** The usual write is taken by the socket at once, and its request is free for the next one of the thread. */
let spare: WriteRequest | null = null;

function newWrite(): WriteRequest {
  const request = new WriteWrap();
  request.oncomplete = function (status) {
    this.wire?.written(status);
  };
  return request;
}

export class PlainWire implements Wire {
  readonly #handle = new TCP(constants.SOCKET);
  #owner: WireOwner | null;
  #closed = false;

  constructor(to: { address: string; port: number; noDelay: boolean }, owner: WireOwner) {
    this.#owner = owner;
    const request = new TCPConnectWrap();
    request.oncomplete = (status) => {
      if (status === 0) this.#connected(to.noDelay);
      else this.#fail(status, "connect");
    };
    const error = to.address.includes(":")
      ? this.#handle.connect6(request, to.address, to.port)
      : this.#handle.connect(request, to.address, to.port);
    if (error !== 0) this.#failLater(error, "connect");
  }

  write(bytes: Buffer): void {
    const request = spare ?? newWrite();
    spare = null;
    request.bytes = bytes;
    request.wire = this;
    const error = this.#handle.writeBuffer(request, bytes);
    if (error !== 0) this.#failLater(error, "write");
    else if (streamBaseState[kLastWriteWasAsync] === 0) spare = request;
  }

  /** A write that the socket could not take at once has ended. */
  written(status: number): void {
    if (status !== 0) this.#fail(status, "write");
  }

  linger(): void {
    this.#owner = null;
    if (!this.#closed) lingering.add(this);
  }

  close(): void {
    if (this.#closed) return;
    if (this.#owner === null) lingering.delete(this);
    this.#owner = null;
    this.#closed = true;
    this.#handle.close();
  }

  #connected(noDelay: boolean): void {
    if (this.#closed) return;
    if (noDelay) this.#handle.setNoDelay(true);
    this.#handle.useUserBuffer(arrivals);
    this.#handle.onread = () => {
      const length = streamBaseState[kReadBytesOrError] ?? 0;
      if (length > 0) this.#owner?.arrived(this, arrivals, length);
      else if (length < 0) this.#stopped(length);
    };
    const error = this.#handle.readStart();
    if (error === 0) this.#owner?.connected(this);
    else this.#fail(error, "read");
  }

  /** Nothing more can be read: the end of what the other side says, or an error. */
  #stopped(status: number): void {
    if (getSystemErrorName(status) !== "EOF") {
      this.#fail(status, "read");
      return;
    }
    this.#owner?.ended(this);
    this.close();
  }

  #failLater(status: number, call: string): void {
    setImmediate(() => {
      this.#fail(status, call);
    });
  }

  #fail(status: number, call: string): void {
    const code = getSystemErrorName(status);
    this.#owner?.failed(this, Object.assign(new Error(`${call}: ${code}`), { code }));
    this.close();
  }
}
