// Time until each selected subject has a wanted value and keeps it to the window's end, and not before it may.
import type { Judge, StateSelector, Want } from "../expectation.ts";
import type { Finding } from "./finding.ts";
import { few, nothing, seconds } from "./finding.ts";
import { stayMs, type JudgeFunction, type Scene } from "./judge-function.ts";
import { lastPodSteps } from "./pod-steps.ts";
import { fulfils, said, tracksOf, type Track } from "./tracks.ts";

export const stateWithin: JudgeFunction<"state-within"> = (judge, scene) => {
  const { store, span } = scene;
  const tracks = tracksOf(store, judge.select, span, "open");
  if (typeof tracks === "string") return nothing(tracks, span.closed);
  const arrivals = tracks.map((track) => arrivalOf(track, judge.want, span));
  const late = arrivals.filter((each) => each.atMs === null);
  const last = arrivals.reduce((a, b) => ((b.atMs ?? Infinity) > (a.atMs ?? Infinity) ? b : a));
  const finding: Finding = {
    best: Math.max(...arrivals.map((each) => each.bestMs)) / 1000,
    worst: Math.max(...arrivals.map((each) => each.worstMs)) / 1000,
    measured: late.length > 0 ? null : (last.atMs ?? 0) / 1000,
    seen: [seenOf(late, last, span), ...podSteps(judge.select, last, scene)].join("; "),
    at: span.from + (last.atMs ?? span.to - span.from),
    settled: span.closed || (arrivals.every((each) => each.stayedMs > stayMs) && changed(arrivals, judge)),
  };
  return notTooEarly(watchedOut(finding, arrivals, scene), arrivals, judge, scene);
};

function seenOf(late: readonly Arrival[], last: Arrival, span: Scene["span"]): string {
  return late.length > 0
    ? `${few(late.map((each) => `${each.subject} (${said(each.value)})`))} did not get there within the ${seconds(span.to - span.from)} that were watched`
    : `${last.subject} was ${said(last.value)} after ${seconds(last.atMs ?? 0)}`;
}

/** Where Ready pods are counted, the count is the last pod's doing. */
function podSteps({ probe }: StateSelector, { subject }: Arrival, { store, span }: Scene): string[] {
  const steps = subject === "ready" ? lastPodSteps(store, probe, span) : null;
  return steps === null ? [] : [steps];
}

/** The fault showed in the states: in each where each must change, in any otherwise; before, all may be yet to come. */
function changed(arrivals: readonly Arrival[], timing: Timing): boolean {
  const left = (each: Arrival) => each.left;
  return mustChange(timing) ? arrivals.every(left) : arrivals.some(left);
}

type Timing = Pick<Extract<Judge, { kind: "state-within" }>, "earliestMs" | "mustChange">;

function mustChange(timing: Timing): boolean {
  return timing.mustChange === true || timing.earliestMs !== undefined;
}

interface Arrival {
  subject: string;
  /** ms after the window began; null: not there at its end, or nobody knows. */
  atMs: number | null;
  bestMs: number;
  worstMs: number;
  value: ReturnType<typeof lastValue>;
  stayedMs: number;
  /** It had another value in the window first. */
  left: boolean;
}

function arrivalOf(track: Track, want: Want, span: Scene["span"]): Arrival {
  const { pieces, subject } = track;
  const good = pieces.map((piece) => piece.value !== undefined && fulfils(piece.value, want));
  const possible = pieces.map((piece, index) => piece.value === undefined || good[index] === true);
  const value = lastValue(track);
  const earliest = pieces[possible.lastIndexOf(false) + 1];
  const bestMs =
    earliest === undefined ? span.to - span.from : Math.max(0, earliest.from - earliest.slackMs - span.from);
  const reached = pieces[good.lastIndexOf(false) + 1];
  if (reached === undefined)
    return { subject, atMs: null, bestMs, worstMs: Infinity, value, stayedMs: 0, left: true };
  const latestMs = reached.from - span.from;
  return {
    subject,
    // What came to light after a blind stretch is dated when it was seen; the bounds say how much earlier it may be.
    atMs: Math.max(0, latestMs - reached.slackMs / 2),
    bestMs: Math.min(bestMs, latestMs),
    worstMs: latestMs,
    value,
    stayedMs: span.to - reached.from,
    left: pieces.some((piece, index) => piece.value !== undefined && good[index] === false),
  };
}

function lastValue(track: Track): Track["pieces"][number]["value"] {
  return track.pieces.at(-1)?.value;
}

/** What already was as wanted may still leave it; only when the budget is over, nothing more is waited for. */
function watchedOut(finding: Finding, arrivals: readonly Arrival[], { span, budgetMs }: Scene): Finding {
  const stay = arrivals.every((each) => each.atMs !== null && each.stayedMs > stayMs);
  const over = budgetMs !== null && span.to - span.from > budgetMs + stayMs;
  return { ...finding, settled: finding.settled || (stay && over) };
}

function notTooEarly(
  finding: Finding,
  arrivals: readonly Arrival[],
  timing: Timing,
  { span, budgetMs }: Scene,
): Finding {
  if (!mustChange(timing)) return finding;
  const still = arrivals.filter((each) => !each.left);
  if (still.length > 0) {
    const what = `${few(still.map((each) => each.subject))} never had another value, although a change had to come`;
    const watchedMs = span.to - span.from;
    return budgetMs !== null && watchedMs > budgetMs
      ? { ...finding, measured: null, broken: what }
      : { ...finding, measured: null, missing: `${what}; only ${seconds(watchedMs)} were watched` };
  }
  const { earliestMs } = timing;
  // How soon after the injection it was is open by a look of the probe; that it was otherwise before is not.
  if (earliestMs === undefined) return finding;
  const [soonest] = arrivals.filter((each) => each.atMs !== null).sort((a, b) => a.worstMs - b.worstMs);
  if (soonest === undefined) return finding;
  if (soonest.worstMs < earliestMs)
    return {
      ...finding,
      broken: `${soonest.subject} changed after ${seconds(soonest.worstMs)}, earlier than the ${seconds(earliestMs)} that are possible`,
    };
  if (soonest.bestMs < earliestMs)
    return {
      ...finding,
      missing: `${soonest.subject} changed at some time between ${seconds(soonest.bestMs)} and ${seconds(soonest.worstMs)}, so it cannot be told whether that was before ${seconds(earliestMs)}`,
    };
  return finding;
}
