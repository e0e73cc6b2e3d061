// An expectation is data: what is judged, over which part of the timeline, against which budget, and why that budget.
// It is written to the timeline before the fault, so that a run can be judged again for ever. Judges: ./judges/.

/** From a mark to a mark of the same drill; `to` absent: until the drill ends. `delayMs` moves the start. */
export interface Window {
  from: string;
  delayMs?: number;
  to?: string;
}

/** Values of a state subject that fulfil an expectation. */
export type Want =
  | { is: string | number | boolean | null }
  | { oneOf: (string | number | boolean | null)[] }
  | { atLeast: number }
  | { not: string | number | boolean | null };

/** Which states are meant: a probe and one subject, or every subject that matches. */
export interface StateSelector {
  probe: string;
  /** Exact subjects, or a prefix ending in "*"; absent: all of the probe. */
  subjects?: string[];
  /**
   * A blind stretch up to so long, with the same value on both sides, counts as unchanged; default 2 s. Longer where
   * the value cannot come back by itself (a container's id) or changes only slowly (a node's readiness).
   */
  bridgeMs?: number;
}

/** What is judged. `probes` name sample probes; times are measured from the window's start. */
export type Judge =
  /** Longest time without a success, for that one of these probes which waited longest. */
  | { kind: "longest-gap"; probes: string[] }
  /** Time until each of the probes answers again and keeps answering to the window's end. */
  | { kind: "back-within"; probes: string[] }
  /** Time of the last success: none may come later, to the window's end. */
  | { kind: "stopped"; probes: string[] }
  /** Longest attempt that failed: errors must come in bounded time, not hang. */
  | { kind: "bounded-errors"; probes: string[] }
  /** Number of failed attempts. */
  | { kind: "failures"; probes: string[] }
  /** Share of the attempts that failed, in %. */
  | { kind: "failed-share"; probes: string[] }
  /**
   * Time until each selected subject has a wanted value and keeps it to the window's end; not before `earliestMs`. With
   * that, or `mustChange`, each must have had another value first.
   */
  | { kind: "state-within"; select: StateSelector; want: Want; earliestMs?: number; mustChange?: true }
  /** Number of changes away from a wanted value during the window; each selected subject must start on one. */
  | { kind: "state-holds"; select: StateSelector; want: Want }
  /** Number of selected subjects whose value at the window's end differs from that at its start, or left it between. */
  | { kind: "state-unchanged"; select: StateSelector }
  /** Longest time during which the subject had an unwanted value. */
  | { kind: "state-longest"; select: StateSelector; unwanted: Want }
  /** Greatest value of a gauge. */
  | { kind: "gauge-max"; probe: string; subjects?: string[] }
  /** Two facts are equal, or the second contains all of the first. */
  | { kind: "facts-agree"; before: string; after: string; how: "equal" | "contains" }
  /** A fact has the wanted value. */
  | { kind: "fact"; name: string; want: Want }
  /** A fact that is a number. */
  | { kind: "figure"; name: string }
  /** The named action succeeded; measured is its duration. */
  | { kind: "action-within"; action: string }
  /** Acknowledged writes of all writers that were not found afterwards. */
  | { kind: "lost-writes" };

export type Unit = "s" | "count" | "writes" | "requests" | "bytes" | "%" | "none";

/** A number that went into a budget, with its source. */
export interface BudgetInput {
  name: string;
  value: number | string;
  unit: string;
  source: string;
}

export interface Expectation {
  /** Stable across runs and versions, e.g. "api.write.unavailable"; unique in its drill. */
  id: string;
  /** The promise in words: "The API accepts writes through the VIP again". */
  title: string;
  judge: Judge;
  window: Window;
  unit: Unit;
  /** Allowed maximum in `unit`; null: a figure without a budget (never fails by its size). */
  budget: number | null;
  /** What is thought most likely, in `unit`. */
  expected?: number;
  /** How the budget was derived, in words with the formula. */
  why: string;
  inputs: BudgetInput[];
  /** The link of the waterfall that this is, and what it comes after: "fault" or another expectation's id. */
  link?: { name: string; after: string };
  /** Only this decides users' experience; shown in the drill's row at the top of the report. */
  headline?: boolean;
}

export type Verdict = "pass" | "fail" | "inconclusive";

export interface Judgement {
  verdict: Verdict;
  /** In the expectation's unit; null when nothing could be measured. */
  measured: number | null;
  /** Half-width of what the evidence leaves open, in the same unit; 0 for counts. */
  uncertainty: number;
  /** One sentence: what was seen. */
  seen: string;
  /**
   * True when waiting longer is of no use: what was to come has come and stayed for a while, or the window is closed.
   * What is late is not settled, so that the report can say how late; whoever waits sets the limit.
   */
  settled: boolean;
  /** Where in the run it was decided, ms; for links from table to picture. */
  at: number | null;
}
