// Lanes of probes that ask yes/no questions: when did it answer, when not, and what was the error.
import type { BlindEvent, ProbeEvent } from "../../harness/timeline/events.ts";
import type { Sample } from "../../harness/timeline/series.ts";
import { outages } from "../../harness/verdict/outages.ts";
import type { Lane, Segment } from "../model.ts";
import { counted, seconds } from "../text/numbers.ts";
import type { Path } from "./paths.ts";
import type { Period } from "./period.ts";
import { blindSegments, calmed, joined, lengths, overlaid } from "./segments.ts";

/** One lane for probes that take the same path; where they disagree it says "some". */
export function sampleLane(path: Path, period: Period, blind: readonly BlindEvent[]): Lane {
  const probes = path.probes.map(({ probe }) => probe);
  const first = Math.min(...path.probes.map(({ attempts }) => attempts[0]?.start ?? 0));
  const last = Math.max(...path.probes.map(({ attempts }) => attempts.at(-1)?.end ?? 0));
  const to = period.to - period.zero;
  const end = to - last <= slackMs(probes) ? to : last;
  const tickMs = Math.max(...probes.map((probe) => probe.tickMs));
  const failures = path.probes.map(({ attempts }) => failuresOf(attempts, first, end));
  const swept = joined(withoutSlivers(joined(sweep(failures, first, end)), tickMs));
  const seen = calmed(
    joined(blindStretches(probes, period, blind).reduce(overlaid, swept)),
    "on and off",
    "partly",
  );
  const eventful = seen.some((segment) => segment.tone !== "good");
  return {
    label: path.label,
    subjects: [path.label],
    segments: seen,
    figure: figureOf(swept, seen),
    eventful,
  };
}

/** When none of the path's probes could see: what was not asked is not known. */
function blindStretches(
  probes: readonly ProbeEvent[],
  period: Period,
  blind: readonly BlindEvent[],
): Segment[] {
  const own = (probe: ProbeEvent | undefined): BlindEvent[] =>
    blind.filter((event) => event.probe === probe?.probe && event.t > period.from && event.from < period.to);
  const [first, ...others] = probes;
  const all = others.map(own);
  const shared = own(first).filter((event) =>
    all.every((list) => list.some((each) => each.t > event.from && each.from < event.t)),
  );
  return blindSegments(shared, period);
}

/** A drill ends between two ticks, and with attempts still on their way. */
function slackMs(probes: readonly ProbeEvent[]): number {
  return Math.max(...probes.map((probe) => 3 * probe.tickMs + probe.timeoutMs));
}

interface Failure {
  from: number;
  to: number;
  errors: Map<string, number>;
}

/** The same outages that judges measure, so that picture and figure agree; with the errors in each. */
function failuresOf(attempts: readonly Sample[], from: number, to: number): Failure[] {
  let next = 0;
  return outages(attempts, from, to).map((outage) => {
    const errors = new Map<string, number>();
    for (; next < attempts.length; next += 1) {
      const attempt = attempts[next];
      if (attempt === undefined || attempt.start > outage.to) break;
      if (attempt.ok || attempt.start < outage.from) continue;
      const error = attempt.error ?? "failed";
      errors.set(error, (errors.get(error) ?? 0) + 1);
    }
    return { from: outage.from, to: outage.to, errors };
  });
}

function sweep(lists: readonly Failure[][], from: number, to: number): Segment[] {
  const edges = [...new Set([from, to, ...lists.flat().flatMap((failure) => [failure.from, failure.to])])]
    .filter((edge) => edge >= from && edge <= to)
    .sort((a, b) => a - b);
  const next = lists.map(() => 0);
  return edges.slice(1).map((until, index): Segment => {
    const start = edges[index] ?? from;
    const hit = lists.flatMap((list, lane) => {
      while ((list[next[lane] ?? 0]?.to ?? Infinity) <= start) next[lane] = (next[lane] ?? 0) + 1;
      const failure = list[next[lane] ?? 0];
      return failure !== undefined && failure.from <= start ? [failure] : [];
    });
    if (hit.length === 0) return { from: start, to: until, label: "answers", tone: "good", detail: "" };
    const all = hit.length === lists.length;
    return {
      from: start,
      to: until,
      label: all ? "no answer" : "some",
      tone: all ? "bad" : "partly",
      detail: `${all ? "" : `${String(hit.length)} of ${counted(lists.length, "probe")} without answer: `}${errorsOf(hit)}`,
    };
  });
}

/** Probes tick at different moments: disagreement shorter than a tick beside an outage is no news. */
function withoutSlivers(segments: readonly Segment[], tickMs: number): Segment[] {
  const kept: Segment[] = [];
  for (const [index, segment] of segments.entries()) {
    const last = kept.at(-1);
    const sliver = segment.tone === "partly" && segment.to - segment.from <= tickMs;
    const next = segments[index + 1];
    if (sliver && last?.tone === "bad") last.to = segment.to;
    else if (sliver && next?.tone === "bad") kept.push({ ...next, from: segment.from, to: segment.to });
    else kept.push({ ...segment });
  }
  return kept;
}

function errorsOf(failures: readonly Failure[]): string {
  const sums = new Map<string, number>();
  for (const failure of failures)
    for (const [error, count] of failure.errors) sums.set(error, (sums.get(error) ?? 0) + count);
  if (sums.size === 0) return "answered too late to count";
  const sorted = [...sums].sort((a, b) => b[1] - a[1]);
  const shown = sorted.slice(0, 3).map(([error, count]) => `${error} × ${String(count)}`);
  return [...shown, ...(sorted.length > 3 ? [`${String(sorted.length - 3)} other kinds`] : [])].join(", ");
}

/** From the outages as they were judged; blindness only when there is nothing else to say. */
function figureOf(swept: readonly Segment[], seen: readonly Segment[]): string {
  if (swept.at(-1)?.tone === "bad") return "not back";
  const gap = lengths(swept, (segment) => segment.tone === "bad");
  if (gap.longest > 0) return `gap ${seconds(gap.longest)}`;
  const some = lengths(swept, (segment) => segment.tone === "partly");
  if (some.longest > 0) return `partly ${seconds(some.longest)}`;
  const unseen = lengths(seen, (segment) => segment.tone === "unseen");
  return unseen.total > 0 ? `not seen ${seconds(unseen.total)}` : "unbroken";
}
