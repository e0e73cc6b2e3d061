// The sentences at the top of the report, in words that a manager understands.
import type { Topology } from "../../harness/lab/facts.ts";
import type { TimelineStore } from "../../harness/timeline/store.ts";
import type { DrillVerdict, RunVerdict } from "../../harness/verdict/verdict-file.ts";
import type { DrillModel, PromiseModel, Shortfall } from "../model.ts";
import { capital, counted, listed } from "../text/numbers.ts";
import { withUnit } from "../text/units.ts";

/** "1 of 3 control planes lost power: nobody waited longer than 3.41 s; budget 12 s". */
export function drillSentence(
  store: TimelineStore,
  drill: DrillVerdict,
  promises: readonly PromiseModel[],
  topology: Topology | undefined,
): string {
  const lost = lossOf(store, drill, topology);
  if (drill.verdict === "inconclusive") {
    const reason = openReason(drill, promises);
    return drill.faults.length === 0 ? `No verdict. ${reason}` : `${lost}: no verdict. ${reason}`;
  }
  const broken = firstBrokenFirst(promises.filter((promise) => promise.foldedUnder === null));
  const [first, ...others] = broken;
  if (first !== undefined) {
    const more = others.length === 0 ? "" : `, and ${counted(others.length, "more promise")} broken`;
    const outcome = promiseOutcome(first);
    return `${lost}: ${more === "" ? outcome : outcome.replace(/\.$/, "")}${more}`;
  }
  const headline = promises.find((promise) => promise.headline && promise.measured !== null) ?? promises[0];
  return headline === undefined ? `${lost}: ${drill.reason}` : `${lost}: ${promiseOutcome(headline)}`;
}

/** Broken promises in the order in which they were broken: the first one is most likely the cause. */
export function firstBrokenFirst(promises: readonly PromiseModel[]): PromiseModel[] {
  return promises
    .filter((promise) => promise.verdict === "fail")
    .sort((a, b) => (a.brokenAt ?? 0) - (b.brokenAt ?? 0));
}

/** The first gap in the evidence; else which promises stay open, for what is missing stands with each of them. */
function openReason(drill: DrillVerdict, promises: readonly PromiseModel[]): string {
  const open = promises.filter((promise) => promise.verdict === "inconclusive");
  const [first] = open;
  if (drill.evidence.length > 0 || first === undefined) return drill.reason;
  const others = open.length === 1 ? "" : ` and ${counted(open.length - 1, "other promise")}`;
  return `The evidence does not decide “${first.title}”${others}.`;
}

/** What a promise came to, with its budget: "nobody waited longer than 3.41 s; budget 12 s". */
function promiseOutcome(promise: PromiseModel): string {
  const budget = promise.budget === null ? "" : `; budget ${withUnit(promise.budget, promise.unit)}`;
  if (promise.measured === null || promise.unit === "none") return `${promise.title}: ${promise.seen}`;
  const measured = withUnit(promise.measured, promise.unit);
  if (promise.verdict === "pass" && promise.judge === "longest-gap")
    return `nobody waited longer than ${measured}${budget}`;
  if (promise.verdict === "pass" && promise.judge === "stopped")
    return `${promise.title}, as it must be, from ${measured} on${budget}`;
  if (promise.judge === "lost-writes" && promise.measured === 0) return "no acknowledged write was lost";
  return `${promise.title}: ${measured}${budget}`;
}

/** "The cluster kept 17 of 18 promises in 4 drills." */
export function runSentence(verdict: RunVerdict, drills: readonly DrillModel[]): string {
  const promises = drills.flatMap((drill) => drill.promises);
  const kept = promises.filter((promise) => promise.verdict === "pass").length;
  const open = promises.filter((promise) => promise.verdict === "inconclusive").length;
  if (promises.length === 0) return `Nothing was judged. ${verdict.reason}`;
  const unknown = open === 0 ? "" : `; ${counted(open, "promise")} could not be judged`;
  const all = kept === promises.length ? "all " : "";
  const count =
    all === "" ? `${String(kept)} of ${counted(promises.length, "promise")}` : counted(kept, "promise");
  return `The cluster kept ${all}${count} in ${counted(drills.length, "drill")}${unknown}.`;
}

export function shortfallsOf(verdict: RunVerdict, drills: readonly DrillModel[]): Shortfall[] {
  const found = drills.flatMap((drill): Shortfall[] => {
    if (drill.verdict === "pass") return [];
    const judged = verdict.drills.find((each) => each.id === drill.id);
    return [
      {
        drill: drill.title,
        anchor: drill.anchor,
        verdict: drill.verdict,
        sentence: drill.verdict === "fail" ? drill.sentence : (judged?.reason ?? drill.reason),
      },
    ];
  });
  return found.sort((a, b) => Number(b.verdict === "fail") - Number(a.verdict === "fail"));
}

const toneVerbs: Record<string, string> = {
  power: "lost power",
  freeze: "frozen",
  network: "cut off",
  data: "put back to a snapshot",
};

/** What was broken, counted against what there is: "2 of 3 control planes lost power (cp1 and cp2)". */
function lossOf(store: TimelineStore, drill: DrillVerdict, topology: Topology | undefined): string {
  const events = store.all("fault", drill.id);
  const tone = events[0]?.band.tone ?? "";
  // What was done about it, such as a restore, is no part of the loss.
  const kin = events.filter((each) => each.band.tone === tone);
  const targets = [...new Set(kin.flatMap((each) => each.targets))];
  const machines = topology?.machines ?? [];
  const hit = machines.filter((machine) => targets.includes(machine.name));
  const [machine] = hit;
  if (tone === "pod") {
    const names = targets.length > 2 ? "" : ` (${listed(targets)})`;
    return `${counted(targets.length, "pod")} deleted${names}`;
  }
  // Machines that run on, with something on them changed: what was done to them says it.
  if (machine === undefined || hit.length !== targets.length || tone === "service")
    return drill.faults.length === 0
      ? drill.title
      : capital(listed(drill.faults.map((fault) => fault.title)));
  const roles = new Set(hit.map((each) => each.role));
  const pool = roles.size > 1 ? machines : machines.filter((each) => each.role === machine.role);
  const noun = roles.size > 1 ? "machine" : machine.role === "worker" ? "worker" : "control plane";
  const verb = events[0]?.band.verb ?? toneVerbs[tone] ?? "lost";
  return `${String(hit.length)} of ${counted(pool.length, noun)} ${verb} (${listed(hit.map((each) => each.name))})`;
}
