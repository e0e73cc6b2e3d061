// Expectations beside their judgements, ready to be shown.
import type { DrillVerdict, JudgedExpectation } from "../../harness/verdict/verdict-file.ts";
import type { PromiseModel } from "../model.ts";
import { seconds } from "../text/numbers.ts";
import { anchors, slug } from "./anchors.ts";
import type { Period } from "./period.ts";

export function promisesOf(drill: DrillVerdict, period: Period): PromiseModel[] {
  const anchor = anchors(`exp-${slug(drill.id)}-`);
  const titles = new Map(drill.expectations.map(({ expectation }) => [expectation.id, expectation.title]));
  return drill.expectations.map((judged) => promiseOf(judged, anchor(judged.expectation.id), titles, period));
}

function promiseOf(
  { expectation, judgement, foldedUnder, brokenAt }: JudgedExpectation,
  anchor: string,
  titles: ReadonlyMap<string, string>,
  period: Period,
): PromiseModel {
  return {
    anchor,
    id: expectation.id,
    title: expectation.title,
    verdict: judgement.verdict,
    unit: expectation.unit,
    budget: expectation.budget,
    expected: expectation.expected ?? null,
    earliest: earliestOf(expectation),
    measured: judgement.measured,
    uncertainty: judgement.uncertainty,
    seen: judgement.seen,
    why: expectation.why,
    inputs: expectation.inputs,
    judge: expectation.judge.kind,
    window: windowWords(expectation.window),
    at: judgement.at === null ? null : judgement.at - period.zero,
    headline: expectation.headline === true,
    foldedUnder: foldedUnder === null ? null : (titles.get(foldedUnder) ?? foldedUnder),
    brokenAt,
  };
}

function earliestOf({ judge }: JudgedExpectation["expectation"]): number | null {
  return judge.kind === "state-within" && judge.earliestMs !== undefined ? judge.earliestMs / 1000 : null;
}

function windowWords(window: JudgedExpectation["expectation"]["window"]): string {
  const delay = window.delayMs === undefined || window.delayMs === 0 ? "" : ` + ${seconds(window.delayMs)}`;
  return `from “${window.from}”${delay} to ${window.to === undefined ? "the end of the drill" : `“${window.to}”`}`;
}
