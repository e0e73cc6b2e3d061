// The registry of judges, one a line. Pure: the same timeline gives the same judgement for ever.
import type { TimelineStore } from "../../timeline/store.ts";
import type { Expectation, Judge, Judgement } from "../expectation.ts";
import { actionWithin } from "./action-within.ts";
import { backWithin } from "./back-within.ts";
import { boundedErrors } from "./bounded-errors.ts";
import { factFigure, factIs, factsAgree } from "./facts.ts";
import { failedShare } from "./failed-share.ts";
import { failures } from "./failures.ts";
import { conclude, nothing, type Finding } from "./finding.ts";
import { gaugeMax } from "./gauge-max.ts";
import { doubted } from "./harness-lag.ts";
import type { JudgeFunction, Scene } from "./judge-function.ts";
import { longestGap } from "./longest-gap.ts";
import { lostWrites } from "./lost-writes.ts";
import { stateHolds } from "./state-holds.ts";
import { stateLongest } from "./state-longest.ts";
import { stateUnchanged } from "./state-unchanged.ts";
import { stateWithin } from "./state-within.ts";
import { stopped } from "./stopped.ts";
import { spanOf } from "./window.ts";

const judges: { [K in Judge["kind"]]: JudgeFunction<K> } = {
  "longest-gap": longestGap,
  "back-within": backWithin,
  stopped,
  "bounded-errors": boundedErrors,
  failures,
  "failed-share": failedShare,
  "state-within": stateWithin,
  "state-holds": stateHolds,
  "state-unchanged": stateUnchanged,
  "state-longest": stateLongest,
  "gauge-max": gaugeMax,
  "facts-agree": factsAgree,
  fact: factIs,
  figure: factFigure,
  "action-within": actionWithin,
  "lost-writes": lostWrites,
};

/**
 * Judges one expectation of a drill by what is on record.
 * @param now ms of the run; the live experiment gives its clock, a later reader leaves it out
 */
export function judge(
  store: TimelineStore,
  drill: string,
  expectation: Expectation,
  now: number = store.end,
): Judgement {
  const span = spanOf(store, drill, expectation.window, now);
  if (typeof span === "string") {
    const over = store.all("drill", drill).some((event) => event.state !== "started");
    return conclude(expectation, nothing(span, over));
  }
  const { unit, budget } = expectation;
  const scene = {
    store,
    drill,
    span,
    expectation,
    budgetMs: unit === "s" && budget !== null ? budget * 1000 : null,
  };
  const finding = find(expectation.judge, scene);
  const took = finding.took ?? { from: span.from, to: finding.at ?? span.to };
  const judgement = doubted(store, expectation.judge, took, conclude(expectation, finding));
  if (span.cut === undefined || judgement.verdict !== "pass") return judgement;
  return { ...judgement, verdict: "inconclusive", seen: `${judgement.seen} But ${span.cut}.` };
}

function find(asked: Judge, scene: Scene): Finding {
  // The registry's type ties each kind to its judge; the compiler cannot follow a union through it.
  const byKind = judges[asked.kind] as (asked: Judge, scene: Scene) => Finding;
  return byKind(asked, scene);
}
