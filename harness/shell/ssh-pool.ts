// SSH connections to one machine: made when needed, reused for many commands, proven alive before they are trusted
// again. Only a server that shows the pinned host key is talked to.
import { readFile, stat } from "node:fs/promises";
import { Client, type ServerHostKeyAlgorithm } from "ssh2";
import { inconclusiveError, messageOf, usageError } from "../base/errors.ts";
import type { ShellSpec } from "../lab/lab-file.ts";

export type SshSpec = Extract<ShellSpec, { via: "ssh" }>;

/** From the first TCP packet to a finished login. */
const connectLimitMs = 5000;
/** sshd allows 10 sessions on a connection by default (MaxSessions); beyond this many a further one is made. */
const maxChannels = 8;
/** Dead connections are noticed after three unanswered keepalives. */
const keepaliveMs = 2000;

/** One connection; `channels` counts what runs on it. */
export interface Connection {
  client: Client;
  channels: number;
  /** When the server last answered, on the monotonic clock. */
  heardAt: number;
  /** Not given out any more; closed as soon as nothing runs on it. */
  retired: boolean;
}

export class SshPool {
  readonly #spec: SshSpec;
  readonly #machine: string;
  readonly #connections = new Set<Connection>();
  #connecting: Promise<Connection> | undefined;
  #closed = false;

  constructor(spec: SshSpec, machine: string) {
    this.#spec = spec;
    this.#machine = machine;
  }

  /** A connection with room for one more channel, counted as taken; give it back with `release`. */
  async take(): Promise<Connection> {
    const free = () => [...this.#connections].find((each) => !each.retired && each.channels < maxChannels);
    let connection = free();
    while (connection === undefined) {
      this.#connecting ??= this.#connect().finally(() => {
        this.#connecting = undefined;
      });
      await this.#connecting;
      connection = free();
    }
    connection.channels += 1;
    return connection;
  }

  release(connection: Connection): void {
    connection.channels -= 1;
    if (connection.retired && connection.channels === 0) connection.client.destroy();
  }

  /** Takes a connection that no longer answers out of use; what still runs on it is left to its own limits. */
  retire(connection: Connection): void {
    connection.retired = true;
  }

  close(): void {
    this.#closed = true;
    for (const { client } of this.#connections) client.destroy();
    this.#connections.clear();
  }

  async #connect(): Promise<Connection> {
    const privateKey = await readKey(this.#spec.keyFile);
    const pinned = parseHostKey(this.#spec.hostKey);
    const client = new Client();
    client.setMaxListeners(4 * maxChannels);
    const shown = { refused: false };
    const ready = Promise.withResolvers<undefined>();
    const limit = setTimeout(() => {
      ready.reject(new Error(`no login within ${String(connectLimitMs / 1000)} s`));
    }, connectLimitMs);
    client.on("ready", () => {
      ready.resolve(undefined);
    });
    // Also keeps a later loss of the connection from being an uncaught event; the channels on it tell their callers.
    client.on("error", (error) => {
      ready.reject(error);
    });
    client.on("close", () => {
      ready.reject(new Error("the server closed the connection"));
    });
    client.connect({
      host: this.#spec.host,
      port: this.#spec.port,
      username: this.#spec.user,
      privateKey,
      authHandler: ["publickey"],
      readyTimeout: connectLimitMs,
      keepaliveInterval: keepaliveMs,
      keepaliveCountMax: 3,
      algorithms: { serverHostKey: pinned.algorithms },
      hostVerifier: (key: Buffer) => {
        shown.refused = !key.equals(pinned.blob);
        return !shown.refused;
      },
    });
    try {
      await ready.promise;
    } catch (error) {
      client.destroy();
      throw shown.refused ? this.#wrongHostKey(error) : this.#unreachable(error);
    } finally {
      clearTimeout(limit);
    }
    if (this.#closed) {
      client.destroy();
      throw inconclusiveError(`The shell of ${this.#machine} is closed.`);
    }
    const connection: Connection = { client, channels: 0, heardAt: performance.now(), retired: false };
    this.#connections.add(connection);
    client.on("close", () => {
      connection.retired = true;
      this.#connections.delete(connection);
    });
    return connection;
  }

  #wrongHostKey(cause: unknown): Error {
    return usageError(
      `${this.#address()} shows another SSH host key than the lab file has for ${this.#machine}; nothing was sent to it.`,
      { cause, hint: "if the machine was made anew, put its new host key into the lab file" },
    );
  }

  #unreachable(cause: unknown): Error {
    if (cause instanceof Error && "level" in cause && cause.level === "client-authentication")
      return usageError(
        `${this.#machine} refuses the key ${this.#spec.keyFile} for ${this.#spec.user}@${this.#address()}.`,
        { cause, hint: "put its public key into authorized_keys of that user" },
      );
    return inconclusiveError(
      `${this.#machine} cannot be reached by SSH at ${this.#address()}: ${messageOf(cause)}.`,
      { cause },
    );
  }

  #address(): string {
    return `${this.#spec.host}:${String(this.#spec.port)}`;
  }
}

/** "ssh-ed25519 AAAA…" → the blob that the server shows, and the signature algorithms that go with such a key. */
function parseHostKey(hostKey: string): { blob: Buffer; algorithms: ServerHostKeyAlgorithm[] } {
  const [type = "", base64] = hostKey.trim().split(/\s+/);
  const algorithms = algorithmsOf.get(type);
  if (base64 === undefined || algorithms === undefined)
    throw usageError(`The host key "${hostKey.slice(0, 40)}" in the lab file is not one.`, {
      hint: 'write it as in known_hosts: "ssh-ed25519 AAAA…"',
    });
  return { blob: Buffer.from(base64, "base64"), algorithms };
}

const algorithmsOf = new Map<string, ServerHostKeyAlgorithm[]>([
  ["ssh-rsa", ["rsa-sha2-512", "rsa-sha2-256"]],
  ["ssh-ed25519", ["ssh-ed25519"]],
  ["ecdsa-sha2-nistp256", ["ecdsa-sha2-nistp256"]],
  ["ecdsa-sha2-nistp384", ["ecdsa-sha2-nistp384"]],
  ["ecdsa-sha2-nistp521", ["ecdsa-sha2-nistp521"]],
]);

async function readKey(path: string): Promise<Buffer> {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0)
      throw usageError(`The SSH key ${path} can be read by others.`, { hint: `chmod 600 ${path}` });
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && "code" in error)
      throw usageError(`The SSH key ${path} cannot be read: ${messageOf(error)}.`, { cause: error });
    throw error;
  }
}
