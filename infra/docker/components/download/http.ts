// Requests to release servers: each with a limit on the wait for the first byte and on silence afterwards, through the
// proxy of the environment where one is set.
import { EnvHttpProxyAgent, fetch, type Response } from "undici";
import { messageOf } from "../../../../harness/base/errors.ts";

export interface HttpLimits {
  /** From the start of the request to the answer's headers, name look-up and connection included. */
  firstByteMs: number;
  /** Longest silence while the body comes. */
  idleMs: number;
}

/** Enough for a slow line, short enough to notice a dead one. */
export const patientLimits: HttpLimits = { firstByteMs: 20_000, idleMs: 30_000 };

/** For the question whether downloads work at all: a lab behind a firewall should not wait for them. */
export const briskLimits: HttpLimits = { firstByteMs: 3_000, idleMs: 3_000 };

/** An answer that is not the one asked for. Trying again does not help, unlike after a broken connection. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
}

/**
 * Sends a GET and returns the answer when its status is 200, or 206 for a request with `range`.
 * @throws RefusedError for any other status; Error with the address for time limits and broken connections.
 */
export async function get(
  url: string,
  limits: HttpLimits,
  options: { headers?: Record<string, string>; signal?: AbortSignal | undefined } = {},
): Promise<Response> {
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort(new Error(`no answer within ${String(limits.firstByteMs / 1000)} s`));
  }, limits.firstByteMs);
  // Only the wait for the headers ends with `limit`; a cancelled caller ends the body, too.
  const signal = options.signal ? AbortSignal.any([limit.signal, options.signal]) : limit.signal;
  try {
    const response = await fetch(url, {
      headers: options.headers ?? {},
      signal,
      dispatcher: agentFor(limits),
    });
    if (response.status === 200 || response.status === 206) return response;
    await response.body?.cancel();
    throw new RefusedError(`${url} answered ${String(response.status)} ${response.statusText}`.trim());
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof RefusedError) throw error;
    throw new Error(`${url}: ${rootMessage(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** The body as text; errors as `get`. */
export async function getText(url: string, limits: HttpLimits, signal?: AbortSignal): Promise<string> {
  const response = await get(url, limits, { signal });
  return response.text();
}

const agents = new Map<number, EnvHttpProxyAgent>();

function agentFor(limits: HttpLimits): EnvHttpProxyAgent {
  const known = agents.get(limits.idleMs);
  if (known) return known;
  const agent = new EnvHttpProxyAgent({ bodyTimeout: limits.idleMs, headersTimeout: 0 });
  agents.set(limits.idleMs, agent);
  return agent;
}

/** `fetch failed` says nothing; its cause does. */
function rootMessage(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? rootMessage(error.cause) : messageOf(error);
}
