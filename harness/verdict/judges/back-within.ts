// Time until each probe answers again and keeps answering. "Keeps" allows what any healthy service shows: at most one
// attempt in a hundred without an answer, and none of these gaps longer than a second; how many there were is told.
import type { Finding } from "./finding.ts";
import { nothing, seconds } from "./finding.ts";
import { stayMs, type JudgeFunction, type Scene } from "./judge-function.ts";
import { attemptsOf, touches, type Attempts } from "./attempts.ts";
import { gapsOf, within, type Gap } from "./gaps.ts";
import { greater } from "./longest-gap.ts";

const blipMsMax = 1000;
const blipShareMax = 0.01;
/** So many good attempts must follow before something counts as back. */
const goodMin = 3;

export const backWithin: JudgeFunction<"back-within"> = (judge, scene) => {
  let latest: Finding | undefined;
  for (const id of judge.probes) {
    const attempts = attemptsOf(scene.store, id, scene.span);
    if (typeof attempts === "string") return nothing(attempts, scene.span.closed);
    const finding = backOf(attempts, scene);
    latest = latest === undefined ? finding : greater(latest, finding);
  }
  return latest ?? nothing("No probe was named", true);
};

function backOf(attempts: Attempts, scene: Scene): Finding {
  const { span } = scene;
  const { title } = attempts.probe;
  const gaps = gapsOf(attempts, span);
  const proven = gaps.filter((gap) => gap.proven);
  const last = lastThatCounts(proven, attempts);
  if (last === undefined) return neverAway(attempts, gaps, scene);
  const good = attempts.samples.filter((each) => each.ok && each.start >= last.to).length;
  if (last.open || good < goodMin) {
    const failed = attempts.samples.findLast((each) => !each.ok && !touches(each, attempts.unseen));
    return {
      // What is proven is only that it was away until its last attempt failed.
      best: Math.max(0, (failed?.start ?? span.from) - span.from) / 1000,
      worst: Infinity,
      measured: null,
      seen: `${title} did not answer again within the ${seconds(span.to - span.from)} that were watched`,
      at: last.from,
      took: span,
      settled: span.closed,
    };
  }
  const backMs = last.to - span.from;
  const blips = proven.filter((gap) => gap.from > last.to);
  const after = blips.length === 0 ? "" : `, with ${String(blips.length)} short gaps after it`;
  return {
    best: Math.max(0, backMs - (last.measuredMs - last.bestMs)) / 1000,
    worst:
      Math.max(backMs + last.worstMs - last.measuredMs, latestHidden(gaps, attempts, span.from, last.to)) /
      1000,
    measured: backMs / 1000,
    seen: `${title} answered again after ${seconds(backMs)}${after}`,
    at: last.to,
    settled: span.closed || span.to - last.to > stayMs,
  };
}

/** Nothing but blips: the first counts when it comes within the budget, because it is what the fault did. */
function neverAway(attempts: Attempts, gaps: readonly Gap[], { span, budgetMs }: Scene): Finding {
  const { title } = attempts.probe;
  const first = gaps.find((gap) => gap.proven && gap.to - span.from <= (budgetMs ?? Infinity));
  const backMs = first === undefined ? 0 : first.to - span.from;
  return {
    best: first === undefined ? 0 : Math.max(0, backMs - (first.measuredMs - first.bestMs)) / 1000,
    worst: Math.max(backMs, latestHidden(gaps, attempts, span.from, span.from)) / 1000,
    measured: backMs / 1000,
    seen:
      first === undefined
        ? `${title} never stopped answering`
        : `${title} was never away for longer than ${seconds(blipMsMax)}`,
    at: first?.to ?? span.from,
    // Until the budget has passed, an outage may still begin.
    settled: span.closed || (budgetMs !== null && span.to - span.from > budgetMs + stayMs),
  };
}

/** The last gap after which only blips come; undefined when there were at most blips. */
function lastThatCounts(gaps: readonly Gap[], attempts: Attempts): Gap | undefined {
  for (let index = 0; index <= gaps.length; index += 1) {
    const rest = gaps.slice(index);
    const from = index === 0 ? -Infinity : (gaps[index - 1]?.to ?? 0);
    const after = attempts.samples.filter((each) => each.start >= from);
    const failed = after.filter((each) => !each.ok && rest.some((gap) => within(each, gap)));
    const short = rest.every((gap) => !gap.open && gap.measuredMs <= blipMsMax);
    if (short && failed.length <= after.length * blipShareMax) return gaps[index - 1];
  }
  return gaps.at(-1);
}

/**
 * Ms after the window began up to which a new outage may hide that is longer than a blip. Where it began is known to one
 * tick, so a tick more proves nothing: an answer that took 0.9 s is no outage of a second.
 */
function latestHidden(gaps: readonly Gap[], { probe }: Attempts, from: number, after: number): number {
  const longer = (gap: Gap) => gap.worstMs - probe.tickMs > blipMsMax;
  const hidden = gaps.filter((gap) => !gap.proven && gap.from >= after && longer(gap));
  return Math.max(0, ...hidden.map((gap) => (gap.open ? Infinity : gap.to - from)));
}
