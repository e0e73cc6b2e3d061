// The time axis of a picture: linear where something happens, long quiet stretches folded to a narrow strip.
import type { Axis } from "../model.ts";
import { gap, seconds } from "../text/numbers.ts";

/** Width of a folded stretch, per cent. */
const foldWidth = 2.6;
/** Ticks stand at least this far apart, per cent. */
const tickGap = 6.5;
const niceSteps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600].map(
  (step) => step * 1000,
);

/**
 * @param instants times at which something happens; stretches far from all of them are folded
 * @param step piece of time (ms) below which nothing is folded; default a fourteenth of the whole, at least 4 s
 */
export function buildAxis(
  from: number,
  to: number,
  instants: readonly number[],
  step = Math.max(4000, (to - from) / 14),
): Axis {
  const end = Math.max(to, from + 1);
  const busy = busyStretches(from, end, instants);
  const stretches = withQuiet(from, end, busy, step);
  const folds = stretches.filter((stretch) => stretch.folded).length;
  const drawn = stretches.reduce((sum, stretch) => sum + (stretch.folded ? 0 : stretch.to - stretch.from), 0);
  const scale = (100 - folds * foldWidth) / drawn;
  let left = 0;
  const pieces = stretches.map((stretch) => {
    const right = left + (stretch.folded ? foldWidth : (stretch.to - stretch.from) * scale);
    const piece = { ...stretch, left, right };
    left = right;
    return piece;
  });
  return { from, to: end, pieces, ticks: ticksOf(pieces, scale) };
}

/** Position of a time, per cent of the width; times outside are held at the edges. */
export function positionOf(axis: Axis, t: number): number {
  if (t <= axis.from) return 0;
  for (const piece of axis.pieces)
    if (t <= piece.to)
      return piece.left + ((t - piece.from) / (piece.to - piece.from)) * (piece.right - piece.left);
  return 100;
}

interface Stretch {
  from: number;
  to: number;
  folded: boolean;
}

function busyStretches(from: number, to: number, instants: readonly number[]): Stretch[] {
  const pad = Math.min(3000, Math.max(500, (to - from) * 0.015));
  const merged: Stretch[] = [];
  for (const instant of [from, ...instants, to]
    .filter((each) => each >= from && each <= to)
    .sort((a, b) => a - b)) {
    const last = merged.at(-1);
    const next = { from: Math.max(from, instant - pad), to: Math.min(to, instant + pad), folded: false };
    if (last !== undefined && next.from <= last.to) last.to = Math.max(last.to, next.to);
    else merged.push(next);
  }
  return merged;
}

function withQuiet(from: number, to: number, busy: readonly Stretch[], step: number): Stretch[] {
  const all: Stretch[] = [];
  for (const stretch of busy) {
    const last = all.at(-1);
    const start = last?.to ?? from;
    if (stretch.from - start >= step)
      all.push({ from: start, to: stretch.from, folded: true }, { ...stretch });
    else if (last !== undefined && !last.folded) last.to = stretch.to;
    else all.push({ from: start, to: stretch.to, folded: false });
  }
  const last = all.at(-1);
  if (last !== undefined) last.to = to;
  return all;
}

/** Multiples of a round step, zero always; a piece too short for one gets its own beginning. */
function ticksOf(pieces: Axis["pieces"], scale: number): Axis["ticks"] {
  const step = niceSteps.find((each) => each * scale >= tickGap) ?? 3_600_000;
  const ticks: Axis["ticks"] = [];
  const folds = pieces.filter((piece) => piece.folded).map((piece) => (piece.left + piece.right) / 2);
  for (const piece of pieces) {
    if (piece.folded) continue;
    const first = Math.ceil(piece.from / step) * step;
    for (let at = first; at <= piece.to; at += step) {
      const left = piece.left + (at - piece.from) * scale;
      const zero = at === 0;
      const last = ticks.at(-1);
      // The length of a fold stands there.
      if (!zero && folds.some((fold) => Math.abs(fold - left) < tickGap * 0.6)) continue;
      if (zero && last !== undefined && left - last.left < tickGap) ticks.pop();
      if (zero || last === undefined || left - last.left >= tickGap)
        ticks.push({ at, left, label: zero ? `0${gap}s` : `${at < 0 ? "−" : ""}${seconds(Math.abs(at))}` });
    }
  }
  return ticks;
}
