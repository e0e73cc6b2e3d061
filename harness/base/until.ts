// The one way to wait: a condition, a limit, a sentence that says what was waited for.
import pRetry from "p-retry";
import { inconclusiveError, messageOf } from "./errors.ts";

export interface UntilOptions {
  /** What is waited for, to read in "waited 30 s for …". */
  what: string;
  timeoutMs: number;
  /** Pause between two looks; default 250 ms. */
  intervalMs?: number;
  signal?: AbortSignal | undefined;
}

/**
 * Calls `look` until it returns something other than `undefined`, `null` or `false`, and returns that.
 * A throw of `look` counts as "not yet"; its message is in the error when time runs out.
 * @throws KubedrillError (inconclusive) after `timeoutMs`; the signal's reason when aborted.
 */
export async function until<T>(
  look: (signal: AbortSignal) => Promise<T | undefined | null | false> | T | undefined | null | false,
  options: UntilOptions,
): Promise<T> {
  const limit = AbortSignal.timeout(Math.ceil(options.timeoutMs));
  const signal = options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]);
  let last: unknown = new Error("not yet");
  const attempt = async (): Promise<T> => {
    try {
      const seen = await look(signal);
      if (seen !== undefined && seen !== null && seen !== false) return seen;
      last = new Error("not yet");
    } catch (error) {
      last = error instanceof Error ? error : new Error(String(error));
    }
    throw last;
  };
  try {
    return await pRetry(attempt, {
      retries: Number.MAX_SAFE_INTEGER,
      factor: 1,
      minTimeout: options.intervalMs ?? 250,
      maxTimeout: options.intervalMs ?? 250,
      shouldRetry: () => !signal.aborted,
      signal,
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    const seconds = (options.timeoutMs / 1000).toFixed(options.timeoutMs < 10_000 ? 1 : 0);
    const why = messageOf(last);
    throw inconclusiveError(
      `Waited ${seconds} s for ${options.what}${why === "not yet" ? "" : `: ${why}`}.`,
      {
        cause: error,
      },
    );
  }
}
