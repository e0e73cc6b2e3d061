// How a worker's clock stands to this host's: asked a few times, the quickest answer tells it best, as in NTP.
import type { Status } from "./protocol.ts";

export interface ClockDistance {
  /** To be added to this host's time to get the worker's, ms. */
  distanceMs: number;
  /** At most so much wrong. */
  uncertaintyMs: number;
}

const looks = 5;

/** @param now this host's clock, ms since 1970 */
export async function clockDistance(
  status: () => Promise<Pick<Status, "clockMs">>,
  now: () => number = wallMs,
): Promise<ClockDistance> {
  let best: ClockDistance = { distanceMs: 0, uncertaintyMs: Infinity };
  for (let look = 0; look < looks; look += 1) {
    const askedMs = now();
    const { clockMs } = await status();
    const heardMs = now();
    const uncertaintyMs = (heardMs - askedMs) / 2;
    if (uncertaintyMs < best.uncertaintyMs)
      best = { distanceMs: clockMs - (askedMs + heardMs) / 2, uncertaintyMs };
  }
  return best;
}

/** Milliseconds since 1970 with fractions, never set back. */
export function wallMs(): number {
  return performance.timeOrigin + performance.now();
}
