// The longest time during which a subject had an unwanted value.
import { nothing, seconds } from "./finding.ts";
import type { JudgeFunction } from "./judge-function.ts";
import { fulfils, said, tracksOf, type Piece } from "./tracks.ts";
import type { Want } from "../expectation.ts";

export const stateLongest: JudgeFunction<"state-longest"> = (judge, { store, span }) => {
  const tracks = tracksOf(store, judge.select, span, "known");
  if (typeof tracks === "string") return nothing(tracks, span.closed);
  let bestMs = 0;
  let worstMs = 0;
  let measuredMs = 0;
  let seen = `it never was ${wantedWords(judge.unwanted)}`;
  let at = span.from;
  for (const { subject, pieces } of tracks) {
    for (const run of runsOf(pieces, judge.unwanted)) {
      bestMs = Math.max(bestMs, run.bestMs);
      worstMs = Math.max(worstMs, run.worstMs);
      if (run.bad.length === 0 || run.measuredMs <= measuredMs) continue;
      measuredMs = run.measuredMs;
      at = run.from;
      seen = `${subject} was ${said(run.bad[0]?.value)} for ${seconds(measuredMs)}`;
    }
  }
  return {
    best: bestMs / 1000,
    worst: worstMs / 1000,
    measured: measuredMs / 1000,
    seen,
    at,
    took: { from: at, to: at + measuredMs },
    settled: span.closed,
  };
};

interface Run {
  from: number;
  bad: Piece[];
  bestMs: number;
  worstMs: number;
  measuredMs: number;
}

/** Stretches that are unwanted or unknown throughout; proven is only the longest piece known to be unwanted. */
function runsOf(pieces: readonly Piece[], unwanted: Want): Run[] {
  const runs: Run[] = [];
  let open: Piece[] = [];
  const close = (next: Piece | undefined) => {
    const [first] = open;
    const last = open.at(-1);
    if (first === undefined || last === undefined) return;
    const bad = open.filter((piece) => piece.value !== undefined);
    const lengths = joined(bad).map((each) => each.to - each.from - (next?.slackMs ?? 0));
    const bestMs = Math.max(0, ...lengths);
    const seenMs = last.to - first.from + first.slackMs;
    // What was not over when the window ended may have gone on for ever.
    const worstMs = next === undefined && last.value !== undefined ? Infinity : seenMs;
    const measuredMs = bad.length === 0 ? 0 : (bestMs + seenMs) / 2;
    runs.push({ from: first.from, bad, bestMs, worstMs, measuredMs });
    open = [];
  };
  for (const piece of pieces) {
    if (piece.value === undefined || fulfils(piece.value, unwanted)) open.push(piece);
    else close(piece);
  }
  close(undefined);
  return runs;
}

/** Neighbours become one: an unwanted value may be followed by another unwanted value. */
function joined(pieces: readonly Piece[]): { from: number; to: number }[] {
  const result: { from: number; to: number }[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (last?.to === piece.from) last.to = piece.to;
    else result.push({ from: piece.from, to: piece.to });
  }
  return result;
}

function wantedWords(want: Want): string {
  if ("is" in want) return said(want.is);
  if ("not" in want) return `anything but ${said(want.not)}`;
  if ("oneOf" in want) return want.oneOf.map(said).join(" or ");
  return `${String(want.atLeast)} or more`;
}
