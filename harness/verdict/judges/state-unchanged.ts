// Number of subjects that did not keep the value that they had when the window began.
import { few, nothing } from "./finding.ts";
import type { JudgeFunction } from "./judge-function.ts";
import { said, tracksOf } from "./tracks.ts";

export const stateUnchanged: JudgeFunction<"state-unchanged"> = (judge, { store, span }) => {
  const tracks = tracksOf(store, judge.select, span, "known");
  if (typeof tracks === "string") return nothing(tracks, span.closed);
  let unknown = 0;
  let at: number | null = null;
  const changed: string[] = [];
  for (const { subject, pieces } of tracks) {
    const first = pieces.find((piece) => piece.value !== undefined);
    const other = pieces.find((piece) => piece.value !== undefined && piece.value !== first?.value);
    if (other !== undefined) {
      changed.push(`${subject} (${said(first?.value)} → ${said(other.value)})`);
      at = Math.min(at ?? Infinity, other.from);
    } else if (pieces.some((piece) => piece.value === undefined)) {
      unknown += 1;
    }
  }
  const all = String(tracks.length);
  const lost = unknown === 0 ? "" : `, ${String(unknown)} could not be seen all the time`;
  return {
    best: changed.length,
    worst: changed.length + unknown,
    measured: changed.length,
    seen:
      changed.length === 0
        ? `${String(tracks.length - unknown)} of ${all} stayed as they were${lost}`
        : `${String(changed.length)} of ${all} changed: ${few(changed)}${lost}`,
    at: at ?? span.from,
    settled: span.closed,
  };
};
