// The attempts of one sample probe in a window, with the stretches in which nobody looked.
import type { ProbeEvent } from "../../timeline/events.ts";
import type { Sample } from "../../timeline/series.ts";
import type { TimelineStore } from "../../timeline/store.ts";
import type { Stretch } from "../outages.ts";
import type { Span } from "./window.ts";

/** A stretch without any attempt under way counts as unseen when it is longer than so many ticks. */
const holeTicks = 3;
/** Fewer attempts than this say nothing about a window. */
const attemptsMin = 5;
/** A probe that was looking for less than this share of the window was starved. */
const seenShareMin = 0.5;
/**
 * So much around the window is taken along: before it, to know how the service answers when it is well; after it, to see
 * the end of what began in it.
 */
const contextMs = 5000;

export interface Attempts {
  probe: ProbeEvent;
  /** Attempts that began in the window. */
  samples: Sample[];
  /** The same with those shortly before and shortly after. */
  withContext: Sample[];
  /** When the first answer came to an attempt that began after all of those; Infinity: none was seen. Walks the series. */
  answeredAfter(): number;
  /** Stretches of the window without evidence: blind ones and holes. */
  unseen: Stretch[];
}

/** @returns the attempts, or a sentence why they prove nothing */
export function attemptsOf(store: TimelineStore, id: string, span: Span): Attempts | string {
  const probe = store.probes.get(id);
  if (probe === undefined) return `The probe ${id} was not running`;
  const after = span.closed ? contextMs : 0;
  const series = store.samples.get(id);
  const withContext = series?.within(span.from - contextMs, span.to + after) ?? [];
  const samples = withContext.filter((each) => each.start >= span.from && each.start < span.to);
  if (samples.length < attemptsMin)
    return `${probe.title}: only ${String(samples.length)} attempts in the window, at least ${String(attemptsMin)} are needed`;
  const holes = holesBetween(withContext, span, probe.tickMs);
  const holesMs = holes.reduce((sum, each) => sum + each.to - each.from, 0);
  const share = 1 - holesMs / (span.to - span.from);
  if (share < seenShareMin)
    return `${probe.title}: the probe was starved, it looked in only ${(share * 100).toFixed(0)} % of the window`;
  const blind = store.blind
    .filter((each) => each.probe === id && each.t > span.from && each.from < span.to)
    .map((each) => ({ from: Math.max(each.from, span.from), to: Math.min(each.t, span.to) }));
  const answeredAfter = () => series?.answeredAfter(span.to + after) ?? Infinity;
  return { probe, samples, withContext, answeredAfter, unseen: [...blind, ...holes] };
}

/** Whether anything of an attempt fell into a stretch without evidence. */
export function touches(sample: Sample, stretches: readonly Stretch[]): boolean {
  return stretches.some((each) => sample.start < each.to && sample.end > each.from);
}

/** While an attempt is under way somebody is looking, also when it hangs. */
function holesBetween(samples: readonly Sample[], span: Span, tickMs: number): Stretch[] {
  const holes: Stretch[] = [];
  let looking = span.from;
  const hole = (to: number) => {
    if (to - looking > holeTicks * tickMs) holes.push({ from: looking, to });
  };
  for (const each of samples) {
    if (each.start >= span.from) hole(Math.min(each.start, span.to));
    looking = Math.max(looking, each.end);
  }
  hole(span.to);
  return holes;
}
