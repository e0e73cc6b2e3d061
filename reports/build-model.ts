// Makes the plain data of a report from a timeline and its verdict. Pure: the same recording gives the same report
// for ever.
import type { TimelineStore } from "../harness/timeline/store.ts";
import type { DrillVerdict, RunVerdict } from "../harness/verdict/verdict-file.ts";
import { anchors } from "./build/anchors.ts";
import { buildAxis } from "./build/axis.ts";
import { chartsOf } from "./build/charts.ts";
import { curvesOf, feltOf, stagesOf } from "./build/curves.ts";
import { collectAttempts, type Attempts } from "./build/attempts.ts";
import { factsOf } from "./build/facts.ts";
import { bandsOf } from "./build/faults.ts";
import { headerOf } from "./build/header.ts";
import { labOf } from "./build/lab.ts";
import { lanesOf } from "./build/lanes.ts";
import { logOf } from "./build/log.ts";
import { periodOf, type Period } from "./build/period.ts";
import { placesOf } from "./build/places.ts";
import { promisesOf } from "./build/promises.ts";
import { recoveryOf } from "./build/recovery.ts";
import { drillSentence, runSentence, shortfallsOf } from "./build/sentences.ts";
import { waterfallOf } from "./build/waterfall.ts";
import type { DrillModel, PromiseModel, ReportModel } from "./model.ts";

/** @param store the whole recorded timeline @param verdict its judgement */
export function buildModel(store: TimelineStore, verdict: RunVerdict): ReportModel {
  const periods = verdict.drills.map((drill) => periodOf(store, drill));
  const attempts = collectAttempts(store, periods);
  const anchor = anchors("drill-");
  const drills = verdict.drills.flatMap((drill, index) => {
    const period = periods[index];
    if (period === undefined) return [];
    return [
      drillOf(
        store,
        drill,
        period,
        attempts.get(drill.id) ?? new Map(),
        anchor(drill.id),
        verdict.drills.length,
      ),
    ];
  });
  const count = (wanted: DrillVerdict["verdict"]): number =>
    drills.filter((drill) => drill.verdict === wanted).length;
  return {
    run: headerOf(store, verdict),
    verdict: verdict.verdict,
    sentence: runSentence(verdict, drills),
    shortfalls: shortfallsOf(verdict, drills),
    counts: { pass: count("pass"), fail: count("fail"), inconclusive: count("inconclusive") },
    drills,
    unavailable: verdict.unavailable,
    lab: labOf(store.all("lab")[0]),
  };
}

function drillOf(
  store: TimelineStore,
  drill: DrillVerdict,
  period: Period,
  attempts: Attempts,
  anchor: string,
  drills: number,
): DrillModel {
  const topology = store.all("lab")[0]?.topology;
  const promises = promisesOf(drill, period);
  const lanes = lanesOf(store, attempts, period, placesOf(topology));
  const faults = bandsOf(store, period);
  const from = period.from - period.zero;
  const to = period.to - period.zero;
  const edges = lanes.flatMap((group) =>
    group.lanes.flatMap((lane) => lane.segments.map((each) => each.from)),
  );
  const bands = faults.flatMap((band) => [band.injected, band.healed ?? to]);
  const startedAt = Date.parse(store.all("run")[0]?.startedAt ?? "1970-01-01T00:00:00Z");
  return {
    id: drill.id,
    anchor,
    title: drill.title,
    verdict: drill.verdict,
    reason: drill.reason,
    sentence: drillSentence(store, drill, promises, topology),
    headlines: promises.filter((promise) => promise.headline),
    predictions: store.all("prediction", drill.id).flatMap((event) => event.statements),
    missing: missingOf(drill, promises),
    axis: buildAxis(from, to, [0, ...edges, ...bands]),
    faults,
    lanes,
    waterfall: waterfallOf(store, drill, period),
    ...chartsOf([...store.probes.values()], attempts, period, drills),
    curves: curvesOf(store, period),
    stages: stagesOf(store, drill.id),
    felt: feltOf(store, drill.id),
    recovery: recoveryOf(store, period),
    promises,
    log: logOf(store, period),
    facts: factsOf(store, drill.id),
    zeroAt: new Date(startedAt + period.zero).toISOString(),
    durationMs: period.to - period.from,
  };
}

/** Why there is no verdict, or not on everything: gaps in the evidence, then promises that it does not decide. */
function missingOf(drill: DrillVerdict, promises: readonly PromiseModel[]): string[] {
  const open = promises.filter((promise) => promise.verdict === "inconclusive");
  const gaps = drill.evidence.map((gap) => gap.sentence);
  return [...gaps, ...open.slice(0, 5).map((promise) => `${promise.title}: ${promise.seen}`)];
}
