// HTTP to one API endpoint with a real limit on every request (client-node 2.0.1 has none and makes a new connection
// pool for each request). Kept connections are dropped as soon as one fails, so that a dead one is used only once.
import { Agent, errors, request as send } from "undici";
import { KubedrillError } from "../base/errors.ts";
import type { ApiCredentials, ApiEndpoint } from "./access.ts";

export interface TransportRequest {
  method: string;
  /** Path and query. */
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer | undefined;
  /** For the whole request, from connecting to the last byte. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

export interface TransportResponse {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** Why a request got no answer, in one word of few: "timeout", "refused", "reset", "unreachable", … */
export class TransportError extends KubedrillError {
  readonly reason: string;

  constructor(reason: string, message: string, cause: unknown) {
    super("inconclusive", message, { cause });
    this.reason = reason;
  }
}

/** Idempotent by RFC 9110, 9.2.2. */
const repeatable: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "DELETE"]);

const connectLimitMs = 5000;
const idleMs = 30_000;

export class Transport {
  readonly #endpoint: ApiEndpoint;
  readonly #credentials: ApiCredentials;
  #agent: Agent;

  constructor(endpoint: ApiEndpoint, credentials: ApiCredentials) {
    this.#endpoint = endpoint;
    this.#credentials = credentials;
    this.#agent = this.#newAgent();
  }

  /**
   * A request that may be repeated without harm is sent once more when its connection was reset: a kept one may have
   * died with the machine behind the VIP, which is no answer of the API (Go's net/http does the same).
   * @throws TransportError when there was no whole answer within the limit; the signal's reason when aborted
   */
  async request(options: TransportRequest): Promise<TransportResponse> {
    try {
      return await this.#once(options);
    } catch (error) {
      const reset = error instanceof TransportError && error.reason === "reset";
      if (!reset || !repeatable.has(options.method)) throw error;
      return await this.#once(options);
    }
  }

  async #once(options: TransportRequest): Promise<TransportResponse> {
    const agent = this.#agent;
    const limit = AbortSignal.timeout(options.timeoutMs);
    try {
      const response = await send(`${urlOf(this.#endpoint)}${options.path}`, {
        dispatcher: agent,
        method: options.method,
        headers: options.headers ?? {},
        body: options.body ?? null,
        signal: options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]),
      });
      const body = Buffer.from(await response.body.arrayBuffer());
      return { status: response.statusCode, headers: flat(response.headers), body };
    } catch (error) {
      options.signal?.throwIfAborted();
      this.#drop(agent);
      const reason = limit.aborted ? "timeout" : failureWord(error);
      const detail = limit.aborted ? ` after ${String(options.timeoutMs / 1000)} s` : "";
      throw new TransportError(
        reason,
        `${options.method} ${bare(options.path)} by ${this.#endpoint.name} (${this.#endpoint.host}:${String(this.#endpoint.port)}): ${reason}${detail}.`,
        error,
      );
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  /** New requests get new connections; requests under way on the old ones may still end well. */
  #drop(agent: Agent): void {
    if (this.#agent !== agent) return;
    this.#agent = this.#newAgent();
    void agent.close().catch(() => undefined);
  }

  #newAgent(): Agent {
    const { ca, cert, key } = this.#credentials;
    return new Agent({
      connect: { ca, cert, key, servername: this.#endpoint.serverName, timeout: connectLimitMs },
      keepAliveTimeout: idleMs,
      // Limits are per request, above; these would only blur them.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }
}

export function urlOf(endpoint: ApiEndpoint): string {
  return `https://${endpoint.host}:${String(endpoint.port)}`;
}

/** The same few words for every way in which connections fail. */
export function failureWord(error: unknown): string {
  const code = codeOf(error);
  const words: Record<string, string> = {
    ECONNREFUSED: "refused",
    ECONNRESET: "reset",
    EPIPE: "reset",
    UND_ERR_SOCKET: "reset",
    EHOSTUNREACH: "unreachable",
    ENETUNREACH: "unreachable",
    ETIMEDOUT: "timeout",
    UND_ERR_CONNECT_TIMEOUT: "timeout",
  };
  if (code in words) return words[code] ?? code;
  if (/^(ERR_TLS|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|ERR_SSL|EPROTO)/.test(code)) return `tls ${code}`;
  return code === "" ? "failed" : code;
}

function codeOf(error: unknown): string {
  if (error instanceof errors.SocketError && error.cause !== undefined)
    return codeOf(error.cause) || error.code;
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error && error.cause !== undefined ? codeOf(error.cause) : "";
}

function bare(path: string): string {
  return path.split("?", 1)[0] ?? path;
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}
