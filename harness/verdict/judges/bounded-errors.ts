// The longest attempt in vain: whoever asks in vain must be told so in bounded time. Where the probe itself gave up, only
// a lower bound is known; so where an attempt hung until the window was over and was answered only then.
import type { ProbeEvent } from "../../timeline/events.ts";
import type { Sample } from "../../timeline/series.ts";
import type { Finding } from "./finding.ts";
import { few, nothing, seconds } from "./finding.ts";
import type { JudgeFunction, Scene } from "./judge-function.ts";
import { touches } from "./attempts.ts";
import { greater } from "./longest-gap.ts";
import type { Span } from "./window.ts";

/** So many errors must have come before waiting for more may stop. */
const errorsMin = 3;

export const boundedErrors: JudgeFunction<"bounded-errors"> = (judge, scene) => {
  let longest: Finding | undefined;
  for (const id of judge.probes) {
    const finding = errorsOf(id, scene);
    if (finding.missing !== undefined) return finding;
    longest = longest === undefined ? finding : greater(longest, finding);
  }
  return longest ?? nothing("No probe was named", true);
};

function errorsOf(id: string, { store, span, budgetMs }: Scene): Finding {
  const probe = store.probes.get(id);
  if (probe === undefined) return nothing(`The probe ${id} was not running`, span.closed);
  const blind = store.blind
    .filter((each) => each.probe === id)
    .map((each) => ({ from: each.from, to: each.t }));
  const samples = store.samples.get(id)?.within(span.from, span.to) ?? [];
  const failed = samples.filter((each) => !each.ok);
  const certain = failed.filter((each) => !touches(each, blind));
  // The first of them was told nothing for the longest time.
  const hung = samples.find((each) => each.ok && each.end > span.to && !touches(each, blind));
  if (hung !== undefined && span.to - hung.start > (budgetMs ?? Infinity)) return hungOf(probe, hung, span);
  const longest = certain.reduce((a, b) => (a === undefined || length(b) > length(a) ? b : a), certain[0]);
  if (longest === undefined)
    return nothing(`${probe.title}: no attempt failed, so nothing is known of its errors`, span.closed);
  const gaveUp = certain.some((each) => length(each) >= probe.timeoutMs);
  const bestMs = length(longest);
  const worstMs = gaveUp && bestMs <= (budgetMs ?? Infinity) ? Infinity : Math.max(...failed.map(length));
  const words = few([...new Set(certain.map((each) => each.error ?? "failed"))]);
  return {
    best: bestMs / 1000,
    worst: worstMs / 1000,
    measured: bestMs / 1000,
    seen: `${probe.title}: ${String(certain.length)} attempts failed (${words}), the longest after ${seconds(bestMs)}`,
    at: longest.start,
    took: { from: longest.start, to: longest.end },
    settled: span.closed || certain.length >= errorsMin,
  };
}

/** Answered only when the window was over. */
function hungOf(probe: ProbeEvent, { start }: Sample, { to }: Span): Finding {
  const vainS = (to - start) / 1000;
  return {
    best: vainS,
    worst: Infinity,
    measured: vainS,
    seen: `${probe.title}: an attempt was told nothing for ${seconds(to - start)}, until the end of the window`,
    at: start,
    took: { from: start, to },
    settled: true,
  };
}

function length(sample: { start: number; end: number }): number {
  return sample.end - sample.start;
}
