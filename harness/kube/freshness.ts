// Whether an API server still follows the store. A living one can lag behind a store that others write to (its own
// etcd member hangs or is cut off), and without quorum it shows old state for ever, both with a watch that looks fine.
// So a consistent read of one object is asked again and again on the watch's own connection.
import { messageOf } from "../base/errors.ts";
import { AnswerError } from "./list-pages.ts";
import type { LiveSession } from "./live-session.ts";

const everyMs = 2000;
/** How old the last consistent answer may become. */
const limitMs = 10_000;

export interface Freshness {
  /** Aborts with the reason when there was no consistent answer for too long. */
  signal: AbortSignal;
  /**
   * Up to when the server is known to have been in step, on the monotonic clock: until its last sign of life, unless
   * it failed or withheld an answer while it lived.
   */
  provenAt(): number;
  stop(): void;
}

/** @param path of the collection @param selectors of the watch, so that it needs no other permission */
export function watchFreshness(session: LiveSession, path: string, selectors: URLSearchParams): Freshness {
  const controller = new AbortController();
  const query = new URLSearchParams([...selectors, ["limit", "1"]]);
  let freshAt = performance.now();
  let asking: { since: number } | undefined;
  let failure: string | undefined;

  const ask = async () => {
    const since = performance.now();
    asking = { since };
    try {
      const { status, body } = await session.getJson(
        `${path}?${query.toString()}`,
        limitMs / 2,
        controller.signal,
      );
      if (status !== 200) throw new AnswerError(status, body);
      freshAt = since;
      failure = undefined;
    } catch (error) {
      failure = messageOf(error);
    } finally {
      asking = undefined;
    }
  };
  const timer = setInterval(() => {
    if (performance.now() - freshAt > limitMs)
      controller.abort(
        new Error(`no consistent read for ${String(limitMs / 1000)} s (${failure ?? "no answer"})`),
      );
    else if (asking === undefined && session.usable) void ask();
  }, everyMs);
  return {
    signal: controller.signal,
    provenAt() {
      const heardAt = performance.now() - session.silentMs;
      const withheld = asking !== undefined && heardAt - asking.since > everyMs;
      return failure !== undefined || withheld ? freshAt : heardAt;
    },
    stop() {
      clearInterval(timer);
      controller.abort();
    },
  };
}
