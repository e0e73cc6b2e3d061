// verdict.json: the verdict for machines, with wall times.
import type { DrillVerdict, RunVerdict } from "../../harness/verdict/verdict-file.ts";
import type { RunHeader } from "../model.ts";
import { verdictFileSchema, type VerdictFile } from "./verdict-schema.ts";

/** @returns the text of verdict.json, checked against its schema */
export function verdictJson(verdict: RunVerdict, run: RunHeader): string {
  const zero = Date.parse(run.startedAt);
  const wall = (ms: number | null): string | null =>
    ms === null || Number.isNaN(zero) ? null : new Date(zero + ms).toISOString();
  const file: VerdictFile = {
    schema: 1,
    verdict: verdict.verdict,
    reason: verdict.reason,
    outcome: verdict.outcome,
    run: {
      id: run.id,
      plan: run.plan,
      lab: run.lab,
      startedAt: run.startedAt,
      durationSeconds: run.durationMs / 1000,
      kubedrillVersion: run.kubedrillVersion,
    },
    drills: verdict.drills.map((drill) => drillPart(drill, wall)),
    unavailable: verdict.unavailable,
  };
  return `${JSON.stringify(verdictFileSchema.parse(file), undefined, 2)}\n`;
}

function drillPart(
  drill: DrillVerdict,
  wall: (ms: number | null) => string | null,
): VerdictFile["drills"][number] {
  return {
    id: drill.id,
    title: drill.title,
    verdict: drill.verdict,
    reason: drill.reason,
    startedAt: wall(drill.fromMs),
    durationSeconds: (drill.toMs - drill.fromMs) / 1000,
    missingEvidence: drill.evidence.map((gap) => gap.sentence),
    expectations: drill.expectations.map(({ expectation, judgement, foldedUnder }) => ({
      id: expectation.id,
      title: expectation.title,
      verdict: judgement.verdict,
      budget: expectation.budget,
      measured: judgement.measured,
      uncertainty: judgement.uncertainty,
      unit: expectation.unit,
      expected: expectation.expected ?? null,
      why: expectation.why,
      seen: judgement.seen,
      headline: expectation.headline === true,
      foldedUnder,
    })),
    faults: drill.faults.map((fault) => ({
      kind: fault.kind,
      target: fault.targets.join(", "),
      injectedAt: wall(fault.injectedAt),
      confirmedAt: wall(fault.confirmedAt),
      healedAt: wall(fault.healedAt),
    })),
  };
}
