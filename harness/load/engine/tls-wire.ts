// TCP with TLS: Node's own socket does it, since the handshake costs far more than what is around it.
import { connect, type TLSSocket } from "node:tls";
import type { Wire, WireOwner } from "./wire.ts";

const lingerMs = 1000;

export interface TlsTarget {
  address: string;
  port: number;
  tls: { verify: boolean; ca?: string; serverName: string };
}

export class TlsWire implements Wire {
  readonly #socket: TLSSocket;
  #owner: WireOwner | null;

  constructor({ address, port, tls }: TlsTarget, owner: WireOwner) {
    this.#owner = owner;
    const socket = connect({
      host: address,
      port,
      rejectUnauthorized: tls.verify,
      ALPNProtocols: ["http/1.1"],
      ...(tls.serverName === "" ? {} : { servername: tls.serverName }),
      ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    });
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.once("secureConnect", () => this.#owner?.connected(this));
    socket.on("data", (chunk: Buffer) => this.#owner?.arrived(this, chunk, chunk.length));
    socket.on("error", (error: Error) => this.#owner?.failed(this, error));
    socket.on("end", () => {
      this.#owner?.ended(this);
      // Nothing more will be said on either side.
      socket.destroy();
    });
    socket.on("close", () => {
      this.#owner?.failed(this, Object.assign(new Error("closed"), { code: "ECONNRESET" }));
    });
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  close(): void {
    this.#owner = null;
    this.#socket.destroy();
  }

  linger(): void {
    this.#owner = null;
    this.#socket.setTimeout(lingerMs, () => this.#socket.destroy());
  }
}
