// The script of a made-up drill: what happened when. Times in seconds from the injection.
import type { Expectation, Judgement, Verdict } from "../../harness/verdict/expectation.ts";
import type { FaultEvent, StateEvent } from "../../harness/timeline/events.ts";

export interface DrillScript {
  id: string;
  title: string;
  before: number;
  after: number;
  fault: {
    kind: string;
    title: string;
    targets: string[];
    band: FaultEvent["band"];
    healing: number;
    healed: number;
  };
  /** Probes that fail: those whose name starts so, from, to, error. */
  down: [prefix: string, from: number, to: number, error: string][];
  /** [probe, subject, t, value]; before the fault: t negative. */
  states: [probe: string, subject: string, t: number, value: StateEvent["value"]][];
  blind: [probe: string, from: number, to: number, why: string][];
  predictions: string[];
  promises: PromiseScript[];
  gap?: string;
}

export interface PromiseScript {
  id: string;
  title: string;
  verdict: Verdict;
  unit: Expectation["unit"];
  measured: number | null;
  budget: number | null;
  expected?: number;
  why: string;
  judge: Expectation["judge"];
  link?: { name: string; after: string };
  headline?: boolean;
  seen: string;
  at?: number;
  uncertainty?: Judgement["uncertainty"];
}
