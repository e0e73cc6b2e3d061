// The verdict of a run as plain data: what verdict.json, JUnit, the HTML report and the exit code are made from.
// Times are milliseconds since the run began; whoever shows them turns them into wall time with `RunEvent.startedAt`.
import type { DrillEvent, RunEndEvent } from "../timeline/events.ts";
import type { Expectation, Judgement, Verdict } from "./expectation.ts";

export interface RunVerdict {
  /** Any drill failed → fail; else any inconclusive, or none at all → inconclusive; else pass. */
  verdict: Verdict;
  /** One sentence on the whole run: the first cause first. */
  reason: string;
  /** `unfinished`: the timeline ends without a run-end, so the run was killed. */
  outcome: RunEndEvent["outcome"] | "unfinished";
  /** In the order in which they ran. */
  drills: DrillVerdict[];
  /** Drills that this lab could not run; they count neither for nor against. */
  unavailable: { id: string; title: string; reason: string }[];
}

export interface DrillVerdict {
  id: string;
  title: string;
  verdict: Verdict;
  /** The first failed expectation in a sentence, else what was missing, else what held. */
  reason: string;
  state: DrillEvent["state"];
  fromMs: number;
  toMs: number;
  /** Reasons why the evidence of this drill is not good enough; empty when it is. */
  evidence: EvidenceGap[];
  /** In the order in which they were stated. */
  expectations: JudgedExpectation[];
  faults: FaultSummary[];
}

/** A reason not to trust what was seen. */
export interface EvidenceGap {
  what: "drill" | "fault" | "probe" | "harness" | "lab";
  /** The probe, fault or other part that is meant. */
  subject: string;
  /** One sentence. */
  sentence: string;
}

export interface JudgedExpectation {
  expectation: Expectation;
  judgement: Judgement;
  /** Id of the earlier failed expectation in whose shadow this one failed (its waterfall link); reports fold it. */
  foldedUnder: string | null;
  /** When it could no longer be kept, ms of the run; null when it did not fail. The earliest is told first. */
  brokenAt: number | null;
}

/** Null: never reached. */
export interface FaultSummary {
  id: string;
  kind: string;
  title: string;
  targets: string[];
  injectedAt: number | null;
  confirmedAt: number | null;
  healedAt: number | null;
}
