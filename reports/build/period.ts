// The time of a drill: where it begins and ends in the run, and where its zero, the injection, is.
import type { TimelineStore } from "../../harness/timeline/store.ts";
import type { DrillVerdict } from "../../harness/verdict/verdict-file.ts";

/** Milliseconds since the run began. */
export interface Period {
  drill: string;
  from: number;
  to: number;
  zero: number;
}

/**
 * Zero is the mark from which most expectations are measured, when it is one of the injection's, so that figures and
 * pictures agree; else the moment of injection; else the drill's start.
 */
export function periodOf(store: TimelineStore, drill: DrillVerdict): Period {
  const faults = store.all("fault", drill.id);
  const injecting = faults.find((event) => event.state === "injecting")?.t;
  const active = faults.find((event) => event.state === "active" || event.state === "confirmed")?.t;
  const confirmed = faults.find((event) => event.state === "confirmed")?.t ?? active;
  const period = { drill: drill.id, from: drill.fromMs, to: Math.max(drill.toMs, drill.fromMs + 1) };
  if (injecting === undefined) return { ...period, zero: active ?? drill.fromMs };
  // The mark of an injection is set just before or after the fault says that it begins.
  const earliest = injecting - 500;
  const votes = new Map<number, number>();
  for (const { expectation } of drill.expectations) {
    const mark = store.mark(drill.id, expectation.window.from)?.t;
    if (mark !== undefined && mark >= earliest && mark <= (confirmed ?? injecting))
      votes.set(mark, (votes.get(mark) ?? 0) + 1);
  }
  const [winner] = [...votes].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return { ...period, zero: winner?.[0] ?? injecting };
}
