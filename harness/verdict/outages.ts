// How long something was away, seen from the attempts of one probe. Pure; the judges and the report share it.
import type { Sample } from "../timeline/series.ts";

/** Between two failed attempts no longer apart than so many ticks nobody doubts that it was away all the time. */
const holeTicks = 3;

export interface Outage {
  from: number;
  to: number;
  /** Half-width of what the attempts leave open about the length `to - from`. */
  uncertaintyMs: number;
  /** Nothing had succeeded again by the end of the stretch that was looked at. */
  open: boolean;
}

export interface Stretch {
  from: number;
  to: number;
}

/**
 * The outages between `from` and `to` (ms of the run), in order.
 *
 * An outage begins midway between the start of the last good attempt and the start of the first bad one, and ends
 * midway between the start of the last unanswered attempt and the first good answer: so with one attempt per tick it
 * is right within one tick. Bad is an attempt that failed, and one that was answered only because it waited the outage
 * out: later than `lateMs`, and nothing else was answered in the meantime (the server stood still), or younger
 * attempts were answered long before it (its packets were lost). A server that is merely slow has no outage.
 *
 * @param samples attempts in order of their beginning (`SampleSeries.within`), best from some seconds before `from`
 *   up to `to`: what was good before tells a slow server from one that stands still. Outages are cut to the stretch
 * @param blind stretches in which the probe could not see: inside an outage those longer than three ticks widen the
 *   uncertainty, unless an attempt was waiting for its answer all that time (at the edges the missing attempts widen it by themselves)
 */
export function outages(
  samples: readonly Sample[],
  from: number,
  to: number,
  blind: readonly Stretch[] = [],
): Outage[] {
  const tickMs = usualDistance(samples);
  // Well below the second after which TCP sends a lost packet again, so that such attempts are told from slow ones.
  const lateMs = Math.max(250, 1.5 * tickMs);
  const answers = samples.filter((each) => each.ok).sort((a, b) => a.end - b.end);
  const youngest = earliestAnswerAfter(samples);
  const bad = samples.map((each, index) => isBad(each, answers, youngest[index] ?? Infinity, lateMs));
  const found: Outage[] = [];
  for (let first = bad.indexOf(true); first >= 0;) {
    const good = bad.indexOf(false, first);
    const last = (good < 0 ? bad.length : good) - 1;
    const begin = start(samples, first, from, tickMs);
    const finish = end(samples, answers, last, to);
    const unseen = unseenMs(blind, samples.slice(first, last + 1), holeTicks * tickMs);
    found.push({
      from: Math.max(from, begin.at),
      to: Math.max(from, begin.at, finish.at),
      uncertaintyMs: begin.half + finish.half + unseen,
      open: finish.open,
    });
    first = good < 0 ? -1 : bad.indexOf(true, good);
  }
  return found.filter((each) => each.to > from && each.from < to);
}

/** For each attempt, when the first of those that began after it was answered. */
function earliestAnswerAfter(samples: readonly Sample[]): number[] {
  const earliest = new Array<number>(samples.length).fill(Infinity);
  for (let index = samples.length - 2; index >= 0; index -= 1) {
    const next = samples[index + 1];
    earliest[index] = Math.min(earliest[index + 1] ?? Infinity, next?.ok === true ? next.end : Infinity);
  }
  return earliest;
}

function isBad(attempt: Sample, answers: readonly Sample[], overtakenAt: number, lateMs: number): boolean {
  if (!attempt.ok) return true;
  if (attempt.end - attempt.start <= lateMs) return false;
  if (overtakenAt + lateMs < attempt.end) return true;
  return (firstAnswerAfter(answers, attempt.start)?.end ?? Infinity) > attempt.start + lateMs;
}

/**
 * An attempt that a stalled harness began in time but sent late may have met an outage that began after its start. The
 * stall shows in the next attempt, which is late; an attempt that failed at once cannot have been late.
 */
function start(
  samples: readonly Sample[],
  first: number,
  from: number,
  tickMs: number,
): { at: number; half: number } {
  const bad = samples[first];
  if (bad === undefined) return { at: from, half: 0 };
  const next = samples[first + 1];
  const stallMs = next === undefined ? 0 : Math.max(0, next.start - bad.start - tickMs);
  return edge(samples[first - 1]?.start ?? from, bad.start + Math.min(stallMs, bad.end - bad.start));
}

function end(
  samples: readonly Sample[],
  answers: readonly Sample[],
  last: number,
  to: number,
): { at: number; half: number; open: boolean } {
  const lastBad = samples[last]?.start ?? to;
  const answer = firstAnswerAfter(answers, lastBad);
  if (answer === undefined || answer.end > to) return { at: to, half: 0, open: true };
  let unanswered = lastBad;
  for (let index = last + 1; index < samples.length; index += 1) {
    const next = samples[index];
    if (next === undefined || next.start >= answer.end) break;
    if (next !== answer) unanswered = next.start;
  }
  return { ...edge(unanswered, answer.end), open: false };
}

/** The first answer strictly after a time, by halving. */
function firstAnswerAfter(answers: readonly Sample[], t: number): Sample | undefined {
  let low = 0;
  let high = answers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((answers[middle]?.end ?? Infinity) > t) high = middle;
    else low = middle + 1;
  }
  return answers[low];
}

function edge(before: number, after: number): { at: number; half: number } {
  return { at: (before + after) / 2, half: (after - before) / 2 };
}

/** Blind time between the first and the last bad attempt that no attempt spent waiting. */
function unseenMs(blind: readonly Stretch[], bad: readonly Sample[], leastMs: number): number {
  const from = bad[0]?.start ?? 0;
  const to = bad.at(-1)?.start ?? 0;
  return blind.reduce((sum, each) => {
    const stretch = { from: Math.max(each.from, from), to: Math.min(each.to, to) };
    if (stretch.to - stretch.from <= leastMs) return sum;
    const waited = bad.some((attempt) => attempt.start <= stretch.from && attempt.end >= stretch.to);
    return waited ? sum : sum + stretch.to - stretch.from;
  }, 0);
}

/** The median distance between the starts of attempts: the tick as it really was. */
function usualDistance(samples: readonly Sample[]): number {
  const distances = samples
    .slice(1)
    .map((each, index) => each.start - (samples[index]?.start ?? each.start))
    .sort((a, b) => a - b);
  return distances[distances.length >> 1] ?? 0;
}
