// All samples of a run, sorted into drills and probes in one pass; what lanes and charts are made from.
import type { Sample } from "../../harness/timeline/series.ts";
import type { TimelineStore } from "../../harness/timeline/store.ts";
import type { Period } from "./period.ts";

/** Attempts by probe, in order of their beginning. Times relative to the drill's zero. */
export type Attempts = ReadonlyMap<string, readonly Sample[]>;

/** By drill. A sample belongs to the drill in which its attempt began; between drills none is shown. */
export function collectAttempts(store: TimelineStore, periods: readonly Period[]): Map<string, Attempts> {
  const drills = new Map(periods.map((period) => [period.drill, new Map<string, Sample[]>()]));
  for (const [probe, series] of store.samples) {
    let current = 0;
    for (let index = 0; index < series.length; index += 1) {
      const sample = series.at(index);
      current = drillAt(periods, sample.start, current);
      const period = periods[current];
      if (period === undefined || sample.start < period.from || sample.start > period.to) continue;
      const probes = drills.get(period.drill);
      const list = probes?.get(probe) ?? [];
      if (list.length === 0) probes?.set(probe, list);
      sample.start -= period.zero;
      sample.end -= period.zero;
      list.push(sample);
    }
  }
  for (const probes of drills.values()) for (const list of probes.values()) sortByStart(list);
  return drills;
}

/** Samples come almost in order, so the drill of the one before is nearly always right. */
function drillAt(periods: readonly Period[], t: number, guess: number): number {
  const near = periods[guess];
  if (near !== undefined && t >= near.from && t <= near.to) return guess;
  const index = periods.findIndex((period) => t >= period.from && t <= period.to);
  return index < 0 ? guess : index;
}

/** They are recorded when they end; a slow one stands behind later, faster ones. */
function sortByStart(list: Sample[]): void {
  const sorted = list.every((sample, index) => index === 0 || sample.start >= (list[index - 1]?.start ?? 0));
  if (!sorted) list.sort((a, b) => a.start - b.start);
}
