// The verdict in a sentence: the first cause is told, what follows from it is folded under it.
import type { Expectation, Judgement, Verdict } from "./expectation.ts";
import { isDecisive } from "./evidence.ts";
import { quantity } from "./judges/finding.ts";
import type { DrillVerdict, EvidenceGap, JudgedExpectation, RunVerdict } from "./verdict-file.ts";

interface Judged {
  expectation: Expectation;
  judgement: Judgement;
}

export function drillReason(
  verdict: Verdict,
  expectations: readonly JudgedExpectation[],
  evidence: readonly EvidenceGap[],
): string {
  if (verdict === "pass") return keptReason(expectations);
  const count = (of: Verdict) => expectations.filter((each) => each.judgement.verdict === of).length;
  if (verdict === "fail") {
    const first = firstBroken(expectations);
    return `${first === undefined ? "" : told(first)}${more(count("fail") - 1, "failed")}`;
  }
  const gap = evidence.find(isDecisive) ?? evidence.find((each) => each.what === "drill") ?? evidence[0];
  if (gap !== undefined) return gap.sentence;
  const open = expectations.find((each) => each.judgement.verdict === "inconclusive");
  return `${open === undefined ? "" : told(open)}${more(count("inconclusive") - 1, "could not be decided")}`;
}

/** The failed expectation that was broken first, of those that follow from no other. */
function firstBroken(expectations: readonly JudgedExpectation[]): JudgedExpectation | undefined {
  const failed = expectations.filter((each) => each.brokenAt !== null);
  const roots = failed.filter((each) => each.foldedUnder === null);
  return [...(roots.length > 0 ? roots : failed)].sort((a, b) => (a.brokenAt ?? 0) - (b.brokenAt ?? 0))[0];
}

export function runReason(
  verdict: Verdict,
  outcome: RunVerdict["outcome"],
  drills: readonly DrillVerdict[],
): string {
  const first = drills.find((each) => each.verdict === verdict && verdict !== "pass");
  if (first !== undefined) return `${first.title}: ${first.reason}`;
  if (outcome === "unfinished") return "The run ended without being finished.";
  if (outcome !== "completed")
    return `The run was ${outcome === "failed" ? "broken off by an error" : outcome}.`;
  if (drills.length === 0) return "No drill was run, so nothing was shown.";
  const kept = drills.reduce((sum, each) => sum + each.expectations.length, 0);
  return `All ${String(kept)} promises of ${String(drills.length)} drills were kept.`;
}

/** The earliest failed expectation that this failed one comes after, following the links of the waterfall. */
export function foldedUnder(expectation: Expectation, all: readonly Judged[]): string | null {
  const byId = new Map(all.map((each) => [each.expectation.id, each]));
  if (byId.get(expectation.id)?.judgement.verdict !== "fail") return null;
  let root: string | null = null;
  const visited = new Set([expectation.id]);
  let before = expectation.link?.after;
  while (before !== undefined && !visited.has(before)) {
    visited.add(before);
    const cause = byId.get(before);
    if (cause?.judgement.verdict === "fail") root = before;
    before = cause?.expectation.link?.after;
  }
  return root;
}

/** "Title: what was seen (budget 12 s)." */
function told({ expectation, judgement }: Judged): string {
  const seen = judgement.seen.replace(/\.$/, "");
  const { budget, unit } = expectation;
  const said = budget === null || judgement.verdict !== "fail";
  return `${expectation.title}: ${seen}${said ? "" : ` (budget ${quantity(budget, unit)})`}.`;
}

function keptReason(expectations: readonly JudgedExpectation[]): string {
  const headline = expectations.find((each) => each.expectation.headline === true) ?? expectations[0];
  const all = `All ${String(expectations.length)} promises were kept`;
  if (headline === undefined || headline.judgement.measured === null) return `${all}.`;
  const { expectation, judgement } = headline;
  const measured = quantity(judgement.measured ?? 0, expectation.unit);
  const of =
    expectation.budget === null ? "" : ` of ${quantity(expectation.budget, expectation.unit)} allowed`;
  return `${all}; ${expectation.title}: ${measured}${of}.`;
}

function more(count: number, what: string): string {
  return count <= 0 ? "" : ` ${String(count)} more ${what}.`;
}
