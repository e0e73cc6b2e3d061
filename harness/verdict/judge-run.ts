// From a timeline to the verdict of a run. Pure: the same timeline gives the same verdict for ever.
import type { FaultState } from "../timeline/events.ts";
import type { TimelineStore } from "../timeline/store.ts";
import { evidenceGaps, isDecisive } from "./evidence.ts";
import type { Judge, Verdict } from "./expectation.ts";
import { judge } from "./judges/index.ts";
import { drillReason, foldedUnder, runReason } from "./reasons.ts";
import type {
  DrillVerdict,
  EvidenceGap,
  FaultSummary,
  JudgedExpectation,
  RunVerdict,
} from "./verdict-file.ts";

export function judgeRun(store: TimelineStore): RunVerdict {
  const ids = [...new Set(store.all("drill").map((event) => event.drill))];
  const judged = ids.map((id) => judgeDrill(store, id));
  const drills = judged.filter((each) => each.state !== "unavailable");
  const unavailable = judged
    .filter((each) => each.state === "unavailable")
    .map(({ id, title }) => ({ id, title, reason: lastReason(store, id) }));
  const outcome = store.all("run-end").at(-1)?.outcome ?? "unfinished";
  const verdict = combine(
    drills.map((each) => each.verdict),
    outcome === "completed",
  );
  return { verdict, reason: runReason(verdict, outcome, drills), outcome, drills, unavailable };
}

/** The verdict of one drill by what is on record now. */
export function judgeDrill(store: TimelineStore, id: string): DrillVerdict {
  const events = store.all("drill", id);
  const { from, to } = store.span(id);
  const expected = store.all("expectation", id).map((event) => event.expectation);
  const judged = expected.map((expectation) => ({ expectation, judgement: judge(store, id, expectation) }));
  const expectations: JudgedExpectation[] = judged.map((each) => ({
    ...each,
    foldedUnder: foldedUnder(each.expectation, judged),
    brokenAt: each.judgement.verdict === "fail" ? brokenAt(store, id, each) : null,
  }));
  const evidence = evidenceGaps(store, id, expected);
  const verdict = drillVerdict(expectations, evidence);
  return {
    id,
    title: events[0]?.title ?? id,
    verdict,
    reason: drillReason(verdict, expectations, evidence),
    state: events.at(-1)?.state ?? "started",
    fromMs: from,
    toMs: to,
    evidence,
    expectations,
    faults: faultsOf(store, id),
  };
}

/**
 * A promise about a time is broken when its budget is over, which begins with the window, or with the longest stretch
 * wherever that was; any other when it was seen to be, and so is one about an action, whose time runs from its own
 * beginning.
 */
function brokenAt(
  store: TimelineStore,
  drill: string,
  { expectation, judgement }: Pick<JudgedExpectation, "expectation" | "judgement">,
): number {
  const { window, unit, budget } = expectation;
  const from = (store.mark(drill, window.from)?.t ?? 0) + (window.delayMs ?? 0);
  const timed = unit === "s" && budget !== null && expectation.judge.kind !== "action-within";
  const seen = judgement.at ?? from;
  if (!timed) return seen;
  return (stretches.has(expectation.judge.kind) ? seen : from) + budget * 1000;
}

/** Kinds whose time is that of a stretch, which begins anywhere in the window. */
const stretches: ReadonlySet<Judge["kind"]> = new Set(["longest-gap", "state-longest"]);

/** A broken promise that was proven stays broken when the drill is cut short afterwards; a kept one does not count. */
function drillVerdict(expectations: readonly JudgedExpectation[], evidence: readonly EvidenceGap[]): Verdict {
  if (evidence.some(isDecisive)) return "inconclusive";
  const verdicts = expectations.map((each) => each.judgement.verdict);
  return combine(verdicts, !evidence.some((gap) => gap.what === "drill"));
}

/** Any fail → fail; else any inconclusive, an incomplete whole, or nothing at all → inconclusive; else pass. */
function combine(verdicts: readonly Verdict[], complete: boolean): Verdict {
  if (verdicts.includes("fail")) return "fail";
  return verdicts.length === 0 || !complete || verdicts.includes("inconclusive") ? "inconclusive" : "pass";
}

function faultsOf(store: TimelineStore, drill: string): FaultSummary[] {
  const events = store.all("fault", drill);
  const ids = [...new Set(events.map((event) => event.fault))];
  return ids.map((id) => {
    const own = events.filter((event) => event.fault === id);
    const at = (state: FaultState) => own.find((event) => event.state === state)?.t ?? null;
    return {
      id,
      kind: own[0]?.kind ?? "",
      title: own[0]?.title ?? id,
      targets: own[0]?.targets ?? [],
      injectedAt: at("active"),
      confirmedAt: at("confirmed"),
      healedAt: at("healed"),
    };
  });
}

function lastReason(store: TimelineStore, drill: string): string {
  return store.all("drill", drill).at(-1)?.reason ?? "no reason was given";
}
