// The waterfall fault → noticed → acted → recovered: each link against its own prediction and budget.
import type { TimelineStore } from "../../harness/timeline/store.ts";
import type { Judgement } from "../../harness/verdict/expectation.ts";
import type { DrillVerdict, JudgedExpectation } from "../../harness/verdict/verdict-file.ts";
import type { Waterfall, WaterfallLink } from "../model.ts";
import { figure, gap } from "../text/numbers.ts";
import { buildAxis } from "./axis.ts";
import type { Period } from "./period.ts";
import { promisesOf } from "./promises.ts";

/** Null when no expectation of the drill is a link measured in seconds. */
export function waterfallOf(store: TimelineStore, drill: DrillVerdict, period: Period): Waterfall | null {
  const promises = new Map(promisesOf(drill, period).map((promise) => [promise.id, promise]));
  const chained = inOrder(drill.expectations.filter(isLink));
  const links = new Map<string, WaterfallLink>();
  for (const judged of chained) {
    const { expectation, judgement } = judged;
    const base = baseOf(store, judged, period);
    const promise = promises.get(expectation.id);
    const before = links.get(expectation.link?.after ?? "");
    const ms = (value: number | null | undefined): number | null =>
      value === null || value === undefined ? null : base + value * 1000;
    links.set(expectation.id, {
      name: expectation.link?.name ?? expectation.title,
      anchor: promise?.anchor ?? "",
      verdict: judgement.verdict,
      predictedFrom: Math.max(base, before?.expected ?? before?.budget ?? base),
      // Waiting for the heal is no part of a recovery.
      measuredFrom: Math.max(base, before?.measured ?? base),
      earliest: ms(promise?.earliest),
      expected: ms(expectation.expected),
      budget: ms(expectation.budget),
      measured: ms(judgement.measured),
      figure: figureOf(judgement, expectation.budget),
    });
  }
  if (links.size === 0) return null;
  const all = [...links.values()];
  const instants = all.flatMap((link) =>
    [link.predictedFrom, link.measuredFrom, link.earliest, link.expected, link.budget, link.measured].filter(
      (each) => each !== null,
    ),
  );
  const from = Math.min(0, ...instants);
  const to = Math.max(...instants) * 1.04 + 200;
  return { axis: buildAxis(from, to, instants), links: all };
}

function isLink({ expectation }: JudgedExpectation): boolean {
  return expectation.link !== undefined && expectation.unit === "s";
}

/** Predecessors first; a link whose predecessor is missing starts at the fault. */
function inOrder(links: readonly JudgedExpectation[]): JudgedExpectation[] {
  const rest = [...links];
  const ordered: JudgedExpectation[] = [];
  while (rest.length > 0) {
    const waiting = new Set(rest.map(({ expectation }) => expectation.id));
    const ready = rest.findIndex(({ expectation }) => !waiting.has(expectation.link?.after ?? ""));
    ordered.push(...rest.splice(Math.max(0, ready), 1));
  }
  return ordered;
}

/**
 * The moment from which the measured time counts: the window's start; for a gap its own beginning; for an action the
 * action's.
 */
function baseOf(store: TimelineStore, { expectation, judgement }: JudgedExpectation, period: Period): number {
  const { judge, window } = expectation;
  const at = judgement.at === null ? undefined : judgement.at - period.zero;
  if (judge.kind === "longest-gap" && at !== undefined) return at;
  if (judge.kind === "action-within" && at !== undefined) return at - (judgement.measured ?? 0) * 1000;
  const mark = store.mark(period.drill, window.from)?.t ?? period.zero;
  return mark + (window.delayMs ?? 0) - period.zero;
}

function figureOf({ measured, verdict }: Judgement, budget: number | null): string {
  const seen = measured !== null ? figure(measured) : verdict === "fail" ? "never" : "–";
  return budget === null ? `${seen}${gap}s` : `${seen} of ${figure(budget)}${gap}s`;
}
