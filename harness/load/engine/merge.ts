// From what the workers told to one result. Counts and histograms of several workers add up without loss, and the sum is
// checked once more.
import { failureKinds, type FailureKind } from "./failure-kind.ts";
import { decode, newHistogram, type Histogram } from "./histogram.ts";
import type { Document } from "./messages.ts";
import type { LoadPlan } from "./plan.ts";
import type { Counts, Second, Totals } from "./tally.ts";

export interface SecondResult extends Counts {
  second: number;
  inFlight: number;
  latency: Histogram;
}

export interface LoadResult extends Counts {
  plan: LoadPlan;
  /** Wall time of the start, ISO 8601 UTC; for display only. */
  startedAt: string;
  /** The same instant on the clock of `nowUs`: what is due after k/rate seconds is due then. */
  startUs: number;
  /** From the first request to the end of the last. */
  elapsedMs: number;
  /** Always 0 at the end: what was in flight has been waited for. */
  inFlight: number;
  bodyBytes: number;
  statuses: Record<string, number>;
  connections: number;
  reused: number;
  queued: number;
  document: Document;
  /** Processor time of this process meanwhile. */
  cpuSeconds: number;
  seconds: SecondResult[];
  /** µs. `total` from the intended start; `late`: how much later than intended requests began. */
  histograms: Record<keyof Totals["histograms"], Histogram>;
}

export function merge(
  plan: LoadPlan,
  startedUs: number,
  seconds: readonly Second[],
  done: readonly { totals: Totals; document: Document }[],
  cpuSeconds: number,
): LoadResult {
  const all = done.map((each) => each.totals);
  const started = all.filter((each) => each.sent > 0);
  const first = Math.min(...started.map((each) => each.firstStartUs));
  const last = Math.max(...started.map((each) => each.lastEndUs));
  const sum = (of: (totals: Totals) => number) => all.reduce((total, each) => total + of(each), 0);
  const statuses: Record<string, number> = {};
  for (const each of all)
    for (const [status, count] of Object.entries(each.statuses))
      statuses[status] = (statuses[status] ?? 0) + count;
  const result: LoadResult = {
    plan,
    startedAt: new Date(
      Date.now() - (Number(process.hrtime.bigint() / 1000n) - startedUs) / 1000,
    ).toISOString(),
    startUs: startedUs,
    elapsedMs: started.length === 0 ? 0 : (last - first) / 1000,
    ...addCounts(all),
    inFlight: sum((each) => each.inFlight),
    bodyBytes: sum((each) => each.bodyBytes),
    statuses,
    connections: sum((each) => each.connections),
    reused: sum((each) => each.reused),
    queued: sum((each) => each.queued),
    document: done.find((each) => each.document !== null)?.document ?? null,
    cpuSeconds,
    seconds: mergeSeconds(seconds),
    histograms: {
      total: addUp(all.map((each) => each.histograms.total)),
      connect: addUp(all.map((each) => each.histograms.connect)),
      processing: addUp(all.map((each) => each.histograms.processing)),
      waiting: addUp(all.map((each) => each.histograms.waiting)),
      late: addUp(all.map((each) => each.histograms.late)),
    },
  };
  assertWhole(result);
  return result;
}

/** Every second from the first to the last, also those in which nothing ended. */
function mergeSeconds(told: readonly Second[]): SecondResult[] {
  const length = Math.max(0, ...told.map((each) => each.second + 1));
  const bySecond = Map.groupBy(told, (each) => each.second);
  return Array.from({ length }, (_, second) => {
    const parts = bySecond.get(second) ?? [];
    return {
      second,
      ...addCounts(parts),
      inFlight: parts.reduce((sum, each) => sum + each.inFlight, 0),
      latency: addUp(parts.map((each) => each.latency)),
    };
  });
}

function addCounts(parts: readonly Counts[]): Counts {
  const sum = (of: (counts: Counts) => number) => parts.reduce((total, each) => total + of(each), 0);
  const failures: Partial<Record<FailureKind, number>> = {};
  for (const kind of failureKinds) {
    const count = sum((each) => each.failures[kind] ?? 0);
    if (count > 0) failures[kind] = count;
  }
  return {
    sent: sum((each) => each.sent),
    answered: sum((each) => each.answered),
    failed: sum((each) => each.failed),
    failures,
    bytes: sum((each) => each.bytes),
  };
}

function addUp(encoded: readonly string[]): Histogram {
  const sum = newHistogram();
  for (const each of encoded) sum.add(decode(each));
  return sum;
}

/** @throws when the total, the failures by kind, the seconds or the histogram do not tell the same story */
function assertWhole(result: LoadResult): void {
  const { sent, answered, failed, inFlight } = result;
  const bySecond = addCounts(result.seconds);
  const byKind = Object.values(result.failures).reduce((sum, count) => sum + count, 0);
  const measured = answered + (result.failures["non-2xx"] ?? 0);
  const whole =
    sent === answered + failed + inFlight &&
    failed === byKind &&
    bySecond.sent === sent &&
    bySecond.answered === answered &&
    bySecond.failed === failed &&
    result.histograms.total.totalCount === measured;
  if (!whole)
    throw new Error(
      `The load lost count: ${String(sent)} sent, ${String(answered)} answered, ${String(failed)} failed (${String(byKind)} by kind), ${String(inFlight)} in flight, ${String(result.histograms.total.totalCount)} measured; by seconds ${String(bySecond.sent)}, ${String(bySecond.answered)}, ${String(bySecond.failed)}.`,
    );
}
