// Number of times that a subject left a wanted value. One that begins on another value counts once.
import { few, nothing, seconds } from "./finding.ts";
import type { JudgeFunction } from "./judge-function.ts";
import { fulfils, said, tracksOf } from "./tracks.ts";

export const stateHolds: JudgeFunction<"state-holds"> = (judge, { store, span }) => {
  const tracks = tracksOf(store, judge.select, span, "known");
  if (typeof tracks === "string") return nothing(tracks, span.closed);
  let left = 0;
  let hidden = 0;
  let at: number | null = null;
  const told: string[] = [];
  for (const { subject, pieces } of tracks) {
    let wanted = true;
    for (const piece of pieces) {
      if (piece.value === undefined) {
        hidden += 1;
        continue;
      }
      const now = fulfils(piece.value, judge.want);
      if (wanted && !now) {
        left += 1;
        at ??= piece.from;
        told.push(`${subject} was ${said(piece.value)} after ${seconds(piece.from - span.from)}`);
      }
      wanted = now;
    }
  }
  return {
    best: left,
    worst: left + hidden,
    measured: left,
    seen: left === 0 ? `${String(tracks.length)} of ${String(tracks.length)} held` : few(told),
    at: at ?? span.from,
    settled: span.closed,
  };
};
