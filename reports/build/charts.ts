// Availability and latency per path, in buckets: one pass over the samples, at most `maxPoints` points a series.
import type { ProbeEvent } from "../../harness/timeline/events.ts";
import type { Availability, Latency, LatencySeries } from "../model.ts";
import type { Attempts } from "./attempts.ts";
import { pathsOf, type Path } from "./paths.ts";
import type { Period } from "./period.ts";

/** Points of one latency series; the eye sees no more across a page. */
const maxPoints = 600;
/** Points of one series in all drills together, so that a report of many drills stays small. */
const maxPointsOfRun = 2000;
const maxBuckets = 300;
const roundMs = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000];

/** @param drills how many drills share the report */
export function chartsOf(
  probes: readonly ProbeEvent[],
  attempts: Attempts,
  period: Period,
  drills: number,
): { availability: Availability | null; latency: Latency | null } {
  const asked = probes.filter((probe) => ["api", "http", "vip", "load"].includes(probe.group));
  const paths = pathsOf(asked, attempts, "chart");
  if (paths.length === 0) return { availability: null, latency: null };
  const span = period.to - period.from;
  const bucketMs = roundUp(Math.max(1000, span / maxBuckets));
  const pointMs = roundUp(Math.max(100, span / Math.min(maxPoints, maxPointsOfRun / drills)));
  const from = period.from - period.zero;
  const to = period.to - period.zero;
  return {
    availability: { bucketMs, rows: paths.map((path) => availabilityRow(path, from, to, bucketMs)) },
    latency: { series: paths.map((path) => latencySeries(path, from, to, pointMs)) },
  };
}

function roundUp(ms: number): number {
  return roundMs.find((each) => each >= ms) ?? Math.ceil(ms / 600_000) * 600_000;
}

/** Attempts are counted where they began: that is when a user would have asked. */
function availabilityRow(
  path: Path,
  from: number,
  to: number,
  bucketMs: number,
): Availability["rows"][number] {
  const start = Math.floor(from / bucketMs) * bucketMs;
  const count = Math.max(1, Math.ceil((to - start) / bucketMs));
  const ok = new Array<number>(count).fill(0);
  const total = new Array<number>(count).fill(0);
  for (const { attempts } of path.probes)
    for (const attempt of attempts) {
      const bucket = Math.min(count - 1, Math.max(0, Math.floor((attempt.start - start) / bucketMs)));
      total[bucket] = (total[bucket] ?? 0) + 1;
      if (attempt.ok) ok[bucket] = (ok[bucket] ?? 0) + 1;
    }
  return { label: path.label, from: start, ok, total };
}

function latencySeries(path: Path, from: number, to: number, bucketMs: number): LatencySeries {
  const start = Math.floor(from / bucketMs) * bucketMs;
  const count = Math.max(1, Math.ceil((to - start) / bucketMs));
  const durations: number[][] = Array.from({ length: count }, () => []);
  const failed = new Array<number>(count).fill(0);
  for (const { attempts } of path.probes)
    for (const attempt of attempts) {
      const bucket = Math.min(count - 1, Math.max(0, Math.floor((attempt.start - start) / bucketMs)));
      if (attempt.ok) durations[bucket]?.push(Math.max(0, attempt.end - attempt.start));
      else failed[bucket] = (failed[bucket] ?? 0) + 1;
    }
  for (const list of durations) list.sort((a, b) => a - b);
  return {
    label: path.label,
    bucketMs,
    at: durations.map((_, index) => start + (index + 0.5) * bucketMs),
    min: durations.map((list) => list[0] ?? null),
    median: durations.map((list) => list[Math.floor(list.length / 2)] ?? null),
    max: durations.map((list) => list.at(-1) ?? null),
    failed,
  };
}
