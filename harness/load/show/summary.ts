// The figures of a load as plain data: what `--json` prints and what tables are made from. Durations in µs.
import type { Histogram } from "../engine/histogram.ts";
import type { LoadResult } from "../load.ts";

export interface Spread {
  count: number;
  min: number;
  mean: number;
  sd: number;
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  p999: number;
  max: number;
}

export function summaryOf(result: LoadResult) {
  const { plan, elapsedMs, histograms } = result;
  const seconds = elapsedMs / 1000;
  const completed = histograms.total.totalCount;
  return {
    schema: 1 as const,
    url: plan.url,
    method: plan.method,
    keepAlive: plan.keepAlive,
    connections: plan.connections,
    arrival: plan.arrival,
    workers: plan.workers,
    startedAt: result.startedAt,
    elapsedMs,
    sent: result.sent,
    answered: result.answered,
    failed: result.failed,
    inFlight: result.inFlight,
    failures: result.failures,
    statuses: result.statuses,
    requestsPerSecond: seconds > 0 ? completed / seconds : 0,
    bytes: result.bytes,
    bodyBytes: result.bodyBytes,
    connectionsMade: result.connections,
    connectionsReused: result.reused,
    /** Open loop: due while every connection was taken. */
    queued: result.queued,
    cpuSeconds: result.cpuSeconds,
    latencyUs: spreadOf(histograms.total),
    connectUs: spreadOf(histograms.connect),
    processingUs: spreadOf(histograms.processing),
    waitingUs: spreadOf(histograms.waiting),
    /** Open loop: how much later than due requests began, of those that did. */
    lateUs: spreadOf(histograms.late),
    seconds: result.seconds.map(({ latency, ...counts }) => ({ ...counts, latencyUs: spreadOf(latency) })),
  };
}

export function spreadOf(histogram: Histogram): Spread {
  const at = (percentile: number) =>
    histogram.totalCount === 0 ? 0 : histogram.getValueAtPercentile(percentile);
  return {
    count: histogram.totalCount,
    min: at(0),
    mean: histogram.totalCount === 0 ? 0 : histogram.mean,
    sd: histogram.totalCount === 0 ? 0 : histogram.stdDeviation,
    p50: at(50),
    p90: at(90),
    p95: at(95),
    p99: at(99),
    p999: at(99.9),
    max: at(100),
  };
}
