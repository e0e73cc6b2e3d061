// Whether a measured time says more of the harness or of its host than of the cluster: the harness itself was late, other
// programs took the processors from a lab on the same host, or a load of our own did. A failure seen then is not the
// cluster's.
import type { TimelineStore } from "../../timeline/store.ts";
import type { Judge, Judgement } from "../expectation.ts";
import type { Finding } from "./finding.ts";

type Took = NonNullable<Finding["took"]>;

/** Two ticks of a probe at the standard rate. */
const lateMs = 200;
/** Failures are doubted when the harness was late in more than this share of the time that they took. */
const lateShareMax = 0.25;
/** Failures are doubted when others used more than this share of the processors on average meanwhile. */
const othersShareMax = 0.25;
/** What users of a load felt is doubted when less than this share of the processors was idle on average. */
const idleShareMin = 0.05;

/** A gauge of harness or host tells of the second before it. */
const gaugeMs = 1000;

/** Kinds that measure times or time-outs; the others see what happened, however late they see it. */
const timed: ReadonlySet<Judge["kind"]> = new Set([
  "longest-gap",
  "back-within",
  "bounded-errors",
  "failures",
  "failed-share",
  "state-within",
  "state-longest",
  "action-within",
]);

/**
 * A failure becomes inconclusive when the harness was late, or its host taken by others, for too much of the time.
 * @param took what was measured: a gap itself, all that was watched of what never came, else the time up to the decision
 */
export function doubted(store: TimelineStore, judge: Judge, took: Took, judgement: Judgement): Judgement {
  const felt = isFelt(store, judge);
  if (judgement.verdict !== "fail" || !(felt || timed.has(judge.kind))) return judgement;
  const doubt = doubtOf(store, felt, took);
  if (doubt === null) return judgement;
  return { ...judgement, verdict: "inconclusive", seen: `${judgement.seen} But ${doubt} meanwhile.` };
}

/** What users of a load felt: its latency, or how many of its requests failed. */
function isFelt(store: TimelineStore, judge: Judge): boolean {
  return judge.kind === "gauge-max" && store.probes.get(judge.probe)?.group === "load";
}

/** In words; null when there is none. */
function doubtOf(store: TimelineStore, felt: boolean, { from, to }: Took): string | null {
  const values = (probe: string, subject: string) =>
    (store.gauges.get(probe)?.get(subject) ?? [])
      .filter((each) => each.t > from && each.t <= to + gaugeMs)
      .map((each) => each.value);
  const late = mean(values("harness", "event-loop-delay").map((delay) => (delay > lateMs ? 1 : 0)));
  if (late > lateShareMax)
    return `the harness itself was late by more than ${String(lateMs)} ms in ${percent(late)} of the seconds`;
  const others = mean(values("host", "others-cpu"));
  if (others > othersShareMax) return `others used ${percent(others)} of the processors of the lab's host`;
  const idle = values("host", "idle-cpu");
  if (felt && idle.length > 0 && mean(idle) < idleShareMin)
    return `only ${percent(mean(idle))} of the processors of the lab's host were idle`;
  return null;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, each) => sum + each, 0) / values.length;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
