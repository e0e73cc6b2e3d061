// What a judge found, and how it becomes a judgement: the best and the worst that the evidence allows are both held
// against the budget, so that a verdict is only given where the evidence can carry it.
import type { Expectation, Judgement, Unit } from "../expectation.ts";

export interface Finding {
  /** Least and greatest value that the evidence allows, in the expectation's unit; Infinity: no limit known. */
  best: number;
  worst: number;
  /** The most likely value; null when nothing could be measured. */
  measured: number | null;
  /** One sentence without its full stop: what was seen. */
  seen: string;
  at: number | null;
  /** What was going on while it was measured bears on it, ms of the run; default: from the window's beginning to `at`. */
  took?: { from: number; to: number };
  settled: boolean;
  /** Why nothing can be concluded, whatever the numbers say. */
  missing?: string;
  /** Why it is a failure, whatever the numbers say. */
  broken?: string;
}

/** Held against the budget: worst ≤ budget passes, best > budget fails, anything between is inconclusive. */
export function conclude(expectation: Expectation, finding: Finding): Judgement {
  const { best, worst, measured } = finding;
  const doubt = measured === null ? 0 : Math.max(worst - measured, measured - best);
  const judgement = {
    measured,
    uncertainty: Number.isFinite(doubt) ? doubt : 0,
    at: finding.at,
    settled: finding.settled,
  };
  if (finding.missing !== undefined)
    return { ...judgement, verdict: "inconclusive", seen: sentence(finding.missing) };
  if (finding.broken !== undefined) return { ...judgement, verdict: "fail", seen: sentence(finding.broken) };
  const { budget, unit } = expectation;
  if (budget === null)
    return {
      ...judgement,
      verdict: measured === null ? "inconclusive" : "pass",
      seen: sentence(finding.seen),
    };
  if (worst <= budget) return { ...judgement, verdict: "pass", seen: sentence(finding.seen) };
  if (best > budget) return { ...judgement, verdict: "fail", seen: sentence(finding.seen) };
  const open = `the evidence allows anything from ${quantity(best, unit)} to ${quantity(worst, unit)}`;
  return {
    ...judgement,
    verdict: "inconclusive",
    seen: sentence(`${finding.seen}; ${open}, the budget is ${quantity(budget, unit)}`),
  };
}

/** A finding that says only why there is none. */
export function nothing(missing: string, settled = false): Finding {
  return { best: 0, worst: Infinity, measured: null, seen: missing, at: null, settled, missing };
}

/** "3.41 s", "2 requests", "2". */
export function quantity(value: number, unit: Unit): string {
  if (value === Infinity) return "no known limit";
  if (unit === "none" || unit === "count") return String(round(value));
  return `${String(round(value))} ${value === 1 && unit !== "s" ? unit.replace(/s$/, "") : unit}`;
}

/** Milliseconds as seconds to 3 significant digits. */
export function seconds(ms: number): string {
  return quantity(ms / 1000, "s");
}

/** "a", "a and b", "a, b and 3 more". */
export function few(names: readonly string[]): string {
  if (names.length > 3) return `${names.slice(0, 2).join(", ")} and ${String(names.length - 2)} more`;
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${String(names.at(-1))}`;
}

function round(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(3));
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
