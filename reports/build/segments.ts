// Stretches of one lane: cutting, joining, and laying blindness over them.
import type { BlindEvent } from "../../harness/timeline/events.ts";
import type { Segment, Tone } from "../model.ts";
import type { Period } from "./period.ts";
import { seconds } from "../text/numbers.ts";

/** More stretches than this in one lane cannot be seen; neighbours are joined until they fit. */
const maxSegments = 50;

/** Joins neighbours that look the same. */
export function joined(segments: readonly Segment[]): Segment[] {
  const all: Segment[] = [];
  for (const segment of segments) {
    const last = all.at(-1);
    if (segment.to <= segment.from) continue;
    if (last?.tone === segment.tone && last.label === segment.label && last.to >= segment.from)
      last.to = segment.to;
    else all.push({ ...segment });
  }
  return all;
}

/** Lays a stretch over others, cutting what lies beneath. */
export function overlaid(segments: readonly Segment[], cover: Segment): Segment[] {
  const kept = segments.flatMap((segment) => [
    { ...segment, to: Math.min(segment.to, cover.from) },
    { ...segment, from: Math.max(segment.from, cover.to) },
  ]);
  return [...kept, cover].filter((segment) => segment.to > segment.from).sort((a, b) => a.from - b.from);
}

/**
 * Stretches in which a probe could not see, for its lane. Those too short to be seen in the picture are left out: the
 * log counts them.
 */
export function blindSegments(events: readonly BlindEvent[], period: Period): Segment[] {
  const least = Math.min(1000, (period.to - period.from) * 0.004);
  return events
    .filter((event) => event.t > period.from && event.from < period.to && event.t - event.from >= least)
    .map((event) => ({
      from: Math.max(event.from, period.from) - period.zero,
      to: Math.min(event.t, period.to) - period.zero,
      label: "not seen",
      tone: "unseen",
      detail: event.why,
    }));
}

/**
 * Where a lane flickers faster than a picture can show, one stretch says so. Neighbours shorter than some length are
 * joined, and that length grows only until what is left fits: long stretches stay as they are.
 */
export function calmed(segments: readonly Segment[], label: string, tone: Tone): Segment[] {
  const whole = (segments.at(-1)?.to ?? 0) - (segments[0]?.from ?? 0);
  let calm = [...segments];
  for (let least = whole / 1000; calm.length > maxSegments; least *= 1.5)
    calm = joined(withoutFlicker(segments, least, label, tone));
  return calm;
}

function withoutFlicker(segments: readonly Segment[], least: number, label: string, tone: Tone): Segment[] {
  const all: { segment: Segment; parts: number }[] = [];
  for (const segment of segments) {
    const last = all.at(-1);
    const short = segment.to - segment.from < least;
    if (short && last !== undefined && last.segment.to - last.segment.from < least * last.parts) {
      last.parts += 1;
      const { from } = last.segment;
      const detail = `${String(last.parts)} changes in ${seconds(segment.to - from)}`;
      last.segment = { from, to: segment.to, label, tone, detail };
    } else all.push({ segment, parts: 1 });
  }
  return all.map((each) => each.segment);
}

/** Total length of the stretches that satisfy `matches`, and the longest. */
export function lengths(
  segments: readonly Segment[],
  matches: (segment: Segment) => boolean,
): { total: number; longest: number } {
  const found = segments.filter(matches).map((segment) => segment.to - segment.from);
  return { total: found.reduce((sum, length) => sum + length, 0), longest: Math.max(0, ...found) };
}
