// The table that ab prints, with its labels in its order, so that people and scripts that know ab can read it; what ab
// does not have comes after it. Milliseconds have decimals where ab has none.
import type { FailureKind } from "../engine/failure-kind.ts";
import { newHistogram, type Histogram } from "../engine/histogram.ts";
import type { LoadResult } from "../load.ts";

const percentiles = [50, 66, 75, 80, 90, 95, 98, 99];

export function abTable(result: LoadResult, tls: { protocol: string; cipher: string } | null): string {
  return [
    ...head(result, tls),
    ...totals(result),
    ...times(result),
    ...served(result),
    ...beyond(result),
  ].join("\n");
}

function head({ plan, document }: LoadResult, tls: { protocol: string; cipher: string } | null): string[] {
  const url = new URL(plan.url);
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  return [
    row("Server Software:", document?.server ?? ""),
    row("Server Hostname:", url.hostname),
    row("Server Port:", port),
    ...(tls === null ? [] : [row("SSL/TLS Protocol:", `${tls.protocol},${tls.cipher}`)]),
    ...(tls === null || plan.tls.serverName === undefined
      ? []
      : [row("TLS Server Name:", plan.tls.serverName)]),
    "",
    row("Document Path:", `${url.pathname}${url.search}`),
    row("Document Length:", `${String(document?.bytes ?? 0)} bytes`),
    "",
  ];
}

function totals(result: LoadResult): string[] {
  const { plan, sent, failures } = result;
  const completed = result.histograms.total.totalCount;
  const seconds = result.elapsedMs / 1000;
  const perSecond = seconds > 0 ? completed / seconds : 0;
  const each = completed > 0 ? (seconds * 1000) / completed : 0;
  const closed = plan.arrival.kind === "closed";
  const mean = completed > 0 ? result.histograms.total.mean : 0;
  const non2xx = failures["non-2xx"] ?? 0;
  const failed = result.failed - non2xx;
  const body = plan.body === null ? 0 : Buffer.byteLength(plan.body);
  return [
    row("Concurrency Level:", String(plan.connections)),
    row("Time taken for tests:", `${seconds.toFixed(3)} seconds`),
    row("Complete requests:", String(completed)),
    row("Failed requests:", String(failed)),
    ...(failed > 0 ? [abFailures(failures)] : []),
    ...(non2xx > 0 ? [row("Non-2xx responses:", String(non2xx))] : []),
    ...(plan.keepAlive ? [row("Keep-Alive requests:", String(result.reused))] : []),
    row("Total transferred:", `${String(result.bytes)} bytes`),
    ...(body > 0 ? [row("Total body sent:", String(body * sent))] : []),
    row("HTML transferred:", `${String(result.bodyBytes)} bytes`),
    row("Requests per second:", `${perSecond.toFixed(2)} [#/sec] (mean)`),
    // In an open loop connections stand by: concurrency says nothing, the requests themselves do.
    row("Time per request:", `${(closed ? each * plan.connections : mean / 1000).toFixed(3)} [ms] (mean)`),
    row("Time per request:", `${each.toFixed(3)} [ms] (mean, across all concurrent requests)`),
    row(
      "Transfer rate:",
      `${(seconds > 0 ? result.bytes / 1024 / seconds : 0).toFixed(2)} [Kbytes/sec] received`,
    ),
    "",
  ];
}

/** ab's four words for what ours say more exactly, below. */
function abFailures(failures: Partial<Record<FailureKind, number>>): string {
  const sum = (...kinds: FailureKind[]) =>
    String(kinds.reduce((all, kind) => all + (failures[kind] ?? 0), 0));
  const connect = sum("refused", "unreachable", "dns", "tls", "no local port");
  const receive = sum("reset", "mid-body");
  return `   (Connect: ${connect}, Receive: ${receive}, Length: 0, Exceptions: ${sum("timeout", "not http", "other")})`;
}

function times({ histograms }: LoadResult): string[] {
  if (histograms.total.totalCount === 0) return [];
  // ab counts a kept connection as one that took no time.
  const connect = newHistogram();
  connect.add(histograms.connect);
  const kept = histograms.total.totalCount - connect.totalCount;
  if (kept > 0) connect.recordValueWithCount(0, kept);
  return [
    "Connection Times (ms)",
    "              min  mean[+/-sd] median   max",
    timesRow("Connect:", connect),
    timesRow("Processing:", histograms.processing),
    timesRow("Waiting:", histograms.waiting),
    timesRow("Total:", histograms.total),
    "",
  ];
}

function timesRow(label: string, histogram: Histogram): string {
  const at = (percentile: number) => ms(histogram.getValueAtPercentile(percentile));
  const mean = ms(histogram.mean).padStart(5);
  const sd = ms(histogram.stdDeviation).padStart(6);
  return `${label.padEnd(12)} ${at(0).padStart(5)} ${mean} ${sd} ${at(50).padStart(6)} ${at(100).padStart(7)}`;
}

function served({ histograms: { total } }: LoadResult): string[] {
  if (total.totalCount === 0) return [];
  const line = (percentile: number) =>
    `${String(percentile).padStart(3)}%  ${ms(total.getValueAtPercentile(percentile)).padStart(5)}`;
  return [
    "Percentage of the requests served within a certain time (ms)",
    ...percentiles.map((each) => ` ${line(each)}`),
    `99.9%  ${ms(total.getValueAtPercentile(99.9)).padStart(5)}`,
    ` ${line(100)} (longest request)`,
  ];
}

function beyond({
  plan,
  failures,
  sent,
  answered,
  failed,
  inFlight,
  histograms,
  queued,
  cpuSeconds,
  elapsedMs,
}: LoadResult): string[] {
  const kinds = Object.entries(failures).map(([kind, count]) => `${kind} ${String(count)}`);
  const cores = elapsedMs > 0 ? (cpuSeconds * 1000) / elapsedMs : 0;
  return [
    "",
    row("Errors by kind:", kinds.length === 0 ? "none" : kinds.join(", ")),
    row(
      "Accounted for:",
      `${String(sent)} sent = ${String(answered)} answered + ${String(failed)} failed + ${String(inFlight)} in flight`,
    ),
    ...(plan.arrival.kind === "closed"
      ? []
      : [
          row(
            "Intended rate:",
            `${String(plan.arrival.rateHz)} [#/sec] (${plan.arrival.kind}); latency from the intended start`,
          ),
          row(
            "Started late:",
            `99% within ${ms(lateAt(histograms.late, sent, 99))} [ms]; ${String(queued)} waited for a connection`,
          ),
        ]),
    row("Generator:", `${cores.toFixed(2)} processor cores`),
    "",
  ];
}

/** Only late starts are in the histogram; those on time are the rest. */
function lateAt(late: Histogram, sent: number, percentile: number): number {
  const onTime = sent - late.totalCount;
  const rest = (percentile / 100) * sent - onTime;
  return rest <= 0 ? 0 : late.getValueAtPercentile((rest / late.totalCount) * 100);
}

/** Milliseconds with three figures at least, as far as the microseconds go. */
export function ms(us: number): string {
  const value = us / 1000;
  return value >= 100
    ? value.toFixed(0)
    : value >= 10
      ? value.toFixed(1)
      : value >= 1
        ? value.toFixed(2)
        : value.toFixed(3);
}

function row(label: string, value: string): string {
  return `${label.padEnd(24)}${value}`.trimEnd();
}
