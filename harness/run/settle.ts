// Waiting for expectations: until each that can be decided early is decided, or is so late that more waiting would
// only make the number larger.
import { performance } from "node:perf_hooks";
import { until } from "../base/until.ts";
import type { Expectation, Judge, Judgement } from "../verdict/expectation.ts";
import { judge } from "../verdict/judges/index.ts";
import type { TimelineStore } from "../timeline/store.ts";
import type { Session } from "./session.ts";

/** A late expectation is watched until this multiple of its budget, so that the report can say how late it was. */
const patience = 1.5;
const patienceMinMs = 10_000;

/** Kinds that hold only if nothing happens to the window's end; waiting for them has no end of its own. */
const toTheEnd: ReadonlySet<Judge["kind"]> = new Set([
  "longest-gap",
  "failures",
  "failed-share",
  "state-holds",
  "state-unchanged",
  "state-longest",
  "gauge-max",
  "facts-agree",
  "fact",
  "figure",
  "action-within",
  "lost-writes",
]);

/**
 * @param closing the mark that is about to be set: expectations that are open now and end there are waited for;
 *   null: those that end with the drill
 */
export async function settle(session: Session, drill: string, closing: string | null): Promise<void> {
  const { recorder, signal, progress } = session;
  const { store } = recorder;
  const open = store
    .all("expectation", drill)
    .map((event) => event.expectation)
    .filter((each) => (each.window.to ?? null) === closing || (closing === null && each.window.to === "end"))
    .filter((each) => store.mark(drill, each.window.from) !== undefined && !toTheEnd.has(each.judge.kind));
  const waiting = new Set(open);
  if (waiting.size === 0) return;
  const latest = Math.max(...open.map((each) => deadline(store, drill, each)));
  await until(
    () => {
      for (const each of waiting) {
        const judgement = judge(store, drill, each, recorder.now());
        const over = recorder.now() > deadline(store, drill, each);
        if (!judgement.settled && !over && !(judgement.verdict === "pass" && quiet(session, drill, each)))
          continue;
        waiting.delete(each);
        progress.line(describe(each, judgement));
      }
      return waiting.size === 0;
    },
    {
      what: "expectations to be decided",
      timeoutMs: Math.max(1000, latest - recorder.now() + 5000),
      intervalMs: 200,
      signal,
    },
  );
}

/** Waits until so long after a mark; something is watched *not* to happen in that time. */
export async function hold(
  session: Session,
  drill: string,
  mark: string,
  ms: number,
  why: string,
): Promise<void> {
  const from = session.recorder.store.mark(drill, mark)?.t ?? session.recorder.now();
  const left = from + ms - session.recorder.now();
  if (left <= 0) return;
  session.progress.line(`keeping it for ${(left / 1000).toFixed(0)} s: ${why}`);
  const end = performance.now() + left;
  await until(() => performance.now() >= end, {
    what: why,
    timeoutMs: left + 5000,
    intervalMs: 200,
    signal: session.signal,
  });
}

/**
 * What has been as wanted since before the window began could still leave it; whatever an outage does to a node shows
 * within the grace period and one look of the node controller. The judge looks at the whole window at its end anyway.
 */
function quiet({ recorder, settings }: Session, drill: string, each: Expectation): boolean {
  const { nodeMonitorGraceMs, nodeMonitorPeriodMs } = settings.controllerManager;
  const from = recorder.store.mark(drill, each.window.from)?.t ?? recorder.now();
  return recorder.now() - from > nodeMonitorGraceMs.value + nodeMonitorPeriodMs.value;
}

/** How long an action is tried, ms: its budget and some more, so that the report can say how late it was. */
export function patienceForAction({ recorder }: Session, drill: string, action: string): number {
  const expected = recorder.store
    .all("expectation", drill)
    .map((event) => event.expectation)
    .find((each) => each.judge.kind === "action-within" && each.judge.action === action);
  return patienceMs(expected?.budget ?? null);
}

function patienceMs(budgetSeconds: number | null): number {
  const budgetMs = budgetSeconds === null ? 30_000 : budgetSeconds * 1000;
  return Math.max(budgetMs * patience, budgetMs + patienceMinMs);
}

function deadline(store: TimelineStore, drill: string, each: Expectation): number {
  const from = (store.mark(drill, each.window.from)?.t ?? 0) + (each.window.delayMs ?? 0);
  return from + patienceMs(each.unit === "s" ? each.budget : null);
}

function describe(each: Expectation, judgement: Judgement): string {
  const sign = { pass: "ok  ", fail: "FAIL", inconclusive: "??  " }[judgement.verdict];
  const unit = each.unit === "none" ? "" : ` ${each.unit}`;
  const measured = judgement.measured === null ? "not seen" : `${judgement.measured.toPrecision(3)}${unit}`;
  const budget = each.budget === null ? "" : ` (budget ${each.budget.toPrecision(3)}${unit})`;
  return `${sign} ${each.title}: ${measured}${budget}`;
}
