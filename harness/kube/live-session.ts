// One HTTP/2 connection to an API server that is known to be alive: pings go end to end, also through a VIP and a TCP
// load balancer, so a machine that lost power or hangs is noticed although nothing is ever reset. Watches need this:
// a dead one looks exactly like a quiet one.
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from "node:http2";
import { StringDecoder } from "node:string_decoder";
import type { ApiCredentials, ApiEndpoint } from "./access.ts";
import { failureWord, urlOf } from "./transport.ts";

const connectLimitMs = 2000;
const pingEveryMs = 500;
/** Without an answer for so long the connection counts as dead. */
const pingLimitMs = 2000;

export interface JsonAnswer {
  status: number;
  body: unknown;
}

export class LiveSession {
  readonly endpoint: ApiEndpoint;
  readonly #session: ClientHttp2Session;
  readonly #pings: NodeJS.Timeout;
  #heardAt = performance.now();
  #lostBecause: string | undefined;

  /** @throws Error with why there is no connection, after 2 s at the latest */
  static async open(
    endpoint: ApiEndpoint,
    credentials: ApiCredentials,
    signal: AbortSignal,
  ): Promise<LiveSession> {
    signal.throwIfAborted();
    const { ca, cert, key } = credentials;
    const session = connect(urlOf(endpoint), { ca, cert, key, servername: endpoint.serverName });
    const ready = Promise.withResolvers<undefined>();
    const giveUp = (why: unknown) => {
      ready.reject(why instanceof Error ? why : new Error(String(why)));
    };
    const limit = AbortSignal.any([signal, AbortSignal.timeout(connectLimitMs)]);
    const onAbort = () => {
      giveUp(limit.reason);
    };
    limit.addEventListener("abort", onAbort, { once: true });
    session.once("connect", () => {
      ready.resolve(undefined);
    });
    session.once("close", () => {
      giveUp(new Error("closed"));
    });
    // Also keeps later errors from being uncaught; what ends the session is told by "close".
    session.on("error", giveUp);
    try {
      await ready.promise;
      return new LiveSession(endpoint, session);
    } catch (error) {
      session.destroy();
      signal.throwIfAborted();
      const why = limit.aborted ? "timeout" : failureWord(error);
      throw new Error(`no connection to ${endpoint.name}: ${why}`, { cause: error });
    } finally {
      limit.removeEventListener("abort", onAbort);
    }
  }

  private constructor(endpoint: ApiEndpoint, session: ClientHttp2Session) {
    this.endpoint = endpoint;
    this.#session = session;
    session.on("error", (error) => {
      this.#lost(failureWord(error));
    });
    session.on("goaway", () => {
      this.#lost("the server is going away");
    });
    session.on("close", () => {
      this.#lost("closed by the server");
    });
    this.#pings = setInterval(() => {
      this.#ping();
    }, pingEveryMs);
  }

  /** Milliseconds since the server last gave a sign of life. */
  get silentMs(): number {
    return performance.now() - this.#heardAt;
  }

  get usable(): boolean {
    return this.#lostBecause === undefined && !this.#session.closed && !this.#session.destroyed;
  }

  /** @throws Error when there is no whole answer within `timeoutMs` */
  async getJson(path: string, timeoutMs: number, signal: AbortSignal): Promise<JsonAnswer> {
    const chunks: Buffer[] = [];
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const status = await this.#get(path, limit, (chunk) => chunks.push(chunk));
    const text = Buffer.concat(chunks).toString();
    return { status, body: text.startsWith("{") ? (JSON.parse(text) as unknown) : text };
  }

  /** Hands over each line of a long answer. Resolves when the server ends it in order. @throws Error when it breaks */
  async lines(path: string, signal: AbortSignal, onLine: (line: string) => void): Promise<number> {
    const decoder = new StringDecoder("utf8");
    let rest = "";
    return this.#get(path, signal, (chunk) => {
      const parts = (rest + decoder.write(chunk)).split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) if (part !== "") onLine(part);
    });
  }

  destroy(): void {
    clearInterval(this.#pings);
    this.#lostBecause ??= "closed";
    this.#session.destroy();
  }

  async #get(path: string, signal: AbortSignal, onChunk: (chunk: Buffer) => void): Promise<number> {
    signal.throwIfAborted();
    if (!this.usable) throw new Error(this.#lostBecause ?? "closed");
    const stream = this.#session.request({ ":path": path, accept: "application/json" });
    const onAbort = () => {
      stream.close(constants.NGHTTP2_CANCEL);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    // What the caller does not want to go on with is its own error, not one of the connection.
    const refused: { error?: unknown } = {};
    try {
      const status = await this.#answerOf(stream, (chunk) => {
        try {
          onChunk(chunk);
        } catch (error) {
          refused.error = error;
          stream.destroy();
        }
      });
      if (refused.error === undefined) return status;
      throw new Error("given up", { cause: refused.error });
    } catch (error) {
      signal.throwIfAborted();
      if (refused.error instanceof Error) throw refused.error;
      throw new Error(this.#lostBecause ?? failureWord(error), { cause: error });
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  #answerOf(stream: ClientHttp2Stream, onChunk: (chunk: Buffer) => void): Promise<number> {
    return new Promise((resolve, reject) => {
      let status = 0;
      let ended = false;
      stream.on("response", (headers) => {
        this.#heardAt = performance.now();
        status = headers[":status"] ?? 0;
      });
      stream.on("data", (chunk: Buffer) => {
        this.#heardAt = performance.now();
        onChunk(chunk);
      });
      stream.on("end", () => {
        ended = true;
      });
      stream.on("error", reject);
      stream.on("close", () => {
        if (ended && status > 0 && !stream.aborted && stream.rstCode === constants.NGHTTP2_NO_ERROR)
          resolve(status);
        else reject(new Error(`cut off (HTTP/2 code ${String(stream.rstCode)})`));
      });
    });
  }

  #ping(): void {
    if (this.silentMs > pingLimitMs) {
      // When this process itself was held up, answers may be waiting to be read: they are, before this looks again.
      setImmediate(() =>
        setImmediate(() => {
          if (this.silentMs > pingLimitMs) this.#lost(`silent for ${(this.silentMs / 1000).toFixed(1)} s`);
        }),
      );
    }
    if (!this.usable) return;
    this.#session.ping((error: Error | null) => {
      if (error === null) this.#heardAt = performance.now();
    });
  }

  #lost(why: string): void {
    if (this.#lostBecause !== undefined) return;
    this.#lostBecause = why;
    clearInterval(this.#pings);
    this.#session.destroy();
  }
}
