// Facts: two readings agree, one is as wanted, or is a number within its budget. Read once, so there is nothing between best and worst.
import type { FactEvent } from "../../timeline/events.ts";
import type { TimelineStore } from "../../timeline/store.ts";
import { few, nothing, quantity } from "./finding.ts";
import type { JudgeFunction } from "./judge-function.ts";
import { fulfils, said } from "./tracks.ts";

export const factsAgree: JudgeFunction<"facts-agree"> = (judge, { store, drill, span }) => {
  const before = lastFact(store, drill, judge.before);
  const after = lastFact(store, drill, judge.after);
  if (before === undefined) return nothing(`"${judge.before}" was never read`, span.closed);
  if (after === undefined) return nothing(`"${judge.after}" was never read`, span.closed);
  const had = parts(before.value);
  const has = parts(after.value);
  const gone = had.filter((each) => !has.includes(each));
  const added = judge.how === "equal" ? has.filter((each) => !had.includes(each)) : [];
  const differences = gone.length + added.length;
  const told = [...gone.map((each) => `${each} is gone`), ...added.map((each) => `${each} is new`)];
  return {
    best: differences,
    worst: differences,
    measured: differences,
    seen: differences === 0 ? `all ${String(had.length)} are as before` : few(told),
    at: after.t,
    settled: true,
  };
};

export const factIs: JudgeFunction<"fact"> = (judge, { store, drill, span }) => {
  const fact = lastFact(store, drill, judge.name);
  if (fact === undefined) return nothing(`"${judge.name}" was never read`, span.closed);
  const { value } = fact;
  const single = value === null || typeof value !== "object";
  const wrong = single && fulfils(value, judge.want) ? 0 : 1;
  const words = single ? said(value) : few(parts(value));
  return { best: wrong, worst: wrong, measured: wrong, seen: `it was ${words}`, at: fact.t, settled: true };
};

export const factFigure: JudgeFunction<"figure"> = (judge, { store, drill, span, expectation }) => {
  const fact = lastFact(store, drill, judge.name);
  if (fact === undefined) return nothing(`"${judge.name}" was never read`, span.closed);
  const { value } = fact;
  if (typeof value !== "number") return nothing(`"${judge.name}" is no number`, span.closed);
  const seen = `it was ${quantity(value, expectation.unit)}`;
  return { best: value, worst: value, measured: value, seen, at: fact.t, settled: true };
};

function lastFact(store: TimelineStore, drill: string, name: string): FactEvent | undefined {
  return store.all("fact", drill).findLast((fact) => fact.name === name);
}

/** A fact as a set of words, so that order never matters. */
function parts(value: FactEvent["value"]): string[] {
  if (Array.isArray(value)) return value;
  if (value === null || typeof value !== "object") return [said(value)];
  return Object.entries(value).map(([key, each]) => `${key}=${said(each)}`);
}
