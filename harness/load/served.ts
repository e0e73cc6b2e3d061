// Whether users are served well right now. Nothing may be broken before they are: what fails then would be blamed on the
// fault, and the first request opens connections that later ones find open.
import type { SampleSeries } from "../timeline/series.ts";

/** True when as many users as come in a second were served one after the other, the latest of them. Pure. */
export function areServed(series: SampleSeries | undefined, sinceMs: number, rateHz: number): boolean {
  const latest = (series?.within(sinceMs, Infinity) ?? []).slice(-rateHz);
  return latest.length >= rateHz && latest.every((each) => each.ok);
}
