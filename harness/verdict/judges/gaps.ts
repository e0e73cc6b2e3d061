// How long one probe may have been without an answer: outages with their bounds, and holes in which one may hide.
import { outages } from "../outages.ts";
import { touches, type Attempts } from "./attempts.ts";
import type { Span } from "./window.ts";

export interface Gap {
  from: number;
  to: number;
  bestMs: number;
  worstMs: number;
  measuredMs: number;
  /** Not over when the window ended. */
  open: boolean;
  /** False: no attempt failed and no wait was seen for sure; nobody looked well enough. */
  proven: boolean;
}

/** In order of time. Outages that are certain, and unseen stretches outside of them. */
export function gapsOf(attempts: Attempts, span: Span): Gap[] {
  const { withContext, unseen, probe, samples } = attempts;
  // What began in the window is followed to its end, also when that came shortly after the window.
  const to = withContext.reduce((latest, each) => Math.max(latest, each.end), span.to);
  const begunInside = (outage: { from: number }) => outage.from < span.to;
  // Unseen stretches inside an outage weaken what is proven, but cannot make it longer than its outer edges.
  const outer = outages(withContext, span.from, to).filter(begunInside);
  const proven = outages(withContext, span.from, to, unseen).filter(begunInside);
  const gaps = outer.map((outage, index): Gap => {
    const lengthMs = outage.to - outage.from;
    const doubtMs = proven[index]?.uncertaintyMs ?? outage.uncertaintyMs;
    const bestMs = Math.max(0, lengthMs - doubtMs);
    return {
      from: outage.from,
      to: outage.to,
      bestMs,
      // What was not over shortly after the window may have gone on up to the next answer, whatever healing did to it.
      worstMs: outage.open
        ? attempts.answeredAfter() - outage.from + outage.uncertaintyMs
        : lengthMs + outage.uncertaintyMs,
      measuredMs: lengthMs,
      open: outage.open,
      proven:
        bestMs > 0 || samples.some((each) => !each.ok && within(each, outage) && !touches(each, unseen)),
    };
  });
  for (const hole of unseen) {
    if (gaps.some((gap) => hole.from < gap.to && hole.to > gap.from)) continue;
    const worstMs = Math.min(span.to - span.from, hole.to - hole.from + probe.tickMs);
    gaps.push({ ...hole, bestMs: 0, worstMs, measuredMs: 0, open: hole.to >= span.to, proven: false });
  }
  return gaps.sort((a, b) => a.from - b.from);
}

/** An attempt that began in a gap. */
export function within(sample: { start: number }, gap: { from: number; to: number }): boolean {
  return sample.start >= gap.from && sample.start < gap.to;
}
