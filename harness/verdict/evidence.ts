// The first thing that is judged is the evidence itself. A gap here means that nothing can be said of the cluster,
// whatever the expectations measured; gaps of single probes weaken only what was to be seen through them.
import type { DrillEvent } from "../timeline/events.ts";
import type { TimelineStore } from "../timeline/store.ts";
import type { Expectation, Judge } from "./expectation.ts";
import type { EvidenceGap } from "./verdict-file.ts";

/**
 * A probe that missed more than this share of a drill is called blind, and a harness too slow whose probes did so on
 * average. Below that, judges count each blind stretch by itself, as best and worst case.
 */
const blindShareMax = 0.5;

/** Gaps of these parts make every expectation of the drill worthless. */
const decisive: ReadonlySet<EvidenceGap["what"]> = new Set(["fault", "harness", "lab"]);

export function isDecisive(gap: EvidenceGap): boolean {
  return decisive.has(gap.what);
}

/** Everything that is wrong with the evidence of a drill; empty when it is good. */
export function evidenceGaps(
  store: TimelineStore,
  drill: string,
  expectations: readonly Expectation[],
): EvidenceGap[] {
  return [
    ...labGaps(store),
    ...harnessGaps(store, drill),
    ...faultGaps(store, drill),
    ...drillGaps(store, drill, expectations),
    ...probeGaps(store, drill, expectations),
  ];
}

function labGaps(store: TimelineStore): EvidenceGap[] {
  if (store.all("lab").length > 0) return [];
  return [{ what: "lab", subject: "lab", sentence: "The lab's layout and settings are not on record." }];
}

function harnessGaps(store: TimelineStore, drill: string): EvidenceGap[] {
  const shares = [...store.samples.keys()].map((probe) => blindShare(store, drill, probe));
  if (shares.length === 0) return [];
  const mean = shares.reduce((sum, each) => sum + each, 0) / shares.length;
  if (mean <= blindShareMax) return [];
  const percent = (mean * 100).toFixed(0);
  return [
    {
      what: "harness",
      subject: "harness",
      sentence: `The harness itself was too slow: its probes missed ${percent} % of the drill, ${String(blindShareMax * 100)} % is the limit.`,
    },
  ];
}

function faultGaps(store: TimelineStore, drill: string): EvidenceGap[] {
  const events = store.all("fault", drill);
  const last = store.all("drill", drill).at(-1);
  const why = last?.state === "aborted" || last?.state === "inconclusive" ? reasonOf(last) : "";
  const faults = [...new Set(events.map((event) => event.fault))];
  return faults.flatMap((fault): EvidenceGap[] => {
    const own = events.filter((event) => event.fault === fault);
    const title = own[0]?.title ?? fault;
    if (own.some((event) => event.state === "confirmed")) return [];
    return [
      {
        what: "fault",
        subject: fault,
        sentence: `It was not confirmed that the fault took effect: ${title}${why}.`,
      },
    ];
  });
}

function drillGaps(store: TimelineStore, drill: string, expectations: readonly Expectation[]): EvidenceGap[] {
  const gaps: EvidenceGap[] = [];
  const gap = (sentence: string) => gaps.push({ what: "drill", subject: drill, sentence });
  const last = store.all("drill", drill).at(-1);
  const reason = reasonOf(last);
  if (last === undefined) gap("The drill is not on record.");
  else if (last.state === "started") gap("The run ended in the middle of the drill.");
  else if (last.state === "aborted") gap(`The drill was broken off${reason}.`);
  else if (last.state === "inconclusive") gap(`The drill could not be brought to its end${reason}.`);
  else if (last.state === "unavailable") gap(`The lab cannot run this drill${reason}.`);
  if (expectations.length === 0) gap("Nothing was expected, so nothing could be shown.");
  const broken = store.all("fault", drill).find((event) => event.state === "broken");
  if (broken !== undefined) gap(`The fault could not be put back: ${broken.title}.`);
  return gaps;
}

/** Goes on from a sentence that has not ended. */
function reasonOf(event: DrillEvent | undefined): string {
  return event?.reason === undefined ? "" : `: ${event.reason.replace(/\.$/, "")}`;
}

function probeGaps(store: TimelineStore, drill: string, expectations: readonly Expectation[]): EvidenceGap[] {
  const used = new Set(expectations.flatMap((each) => probesOf(each.judge)));
  return [...used].flatMap((probe): EvidenceGap[] => {
    const title = store.probes.get(probe)?.title;
    if (title === undefined)
      return [{ what: "probe", subject: probe, sentence: `The probe ${probe} was not running.` }];
    const share = blindShare(store, drill, probe);
    if (share <= blindShareMax || !store.samples.has(probe)) return [];
    const percent = (share * 100).toFixed(0);
    return [
      {
        what: "probe",
        subject: probe,
        sentence: `${title}: the probe was blind for ${percent} % of the drill.`,
      },
    ];
  });
}

/** Which probes an expectation looks through. */
function probesOf(judge: Judge): string[] {
  if ("probes" in judge) return judge.probes;
  if ("select" in judge) return [judge.select.probe];
  return "probe" in judge ? [judge.probe] : [];
}

/** Share of a drill in which a probe could not see, overlaps counted once. */
function blindShare(store: TimelineStore, drill: string, probe: string): number {
  const { from, to } = store.span(drill);
  if (to <= from) return 0;
  const stretches = store.blind
    .filter((each) => each.probe === probe && each.subject === undefined && each.t > from && each.from < to)
    .sort((a, b) => a.from - b.from);
  let dark = 0;
  let until = from;
  for (const each of stretches) {
    const begin = Math.max(each.from, until);
    const end = Math.min(each.t, to);
    if (end <= begin) continue;
    dark += end - begin;
    until = end;
  }
  return dark / (to - from);
}
