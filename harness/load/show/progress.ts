// How a load goes, second by second, for whoever waits: one line that is written over on a terminal, else a line now and
// then.
import type { Second } from "../engine/tally.ts";
import type { LoadPlan } from "../engine/plan.ts";

/** Without a terminal. */
const everySeconds = 10;

interface Sink {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** @param sink null: say nothing */
export function loadProgress(
  sink: Sink | null,
  plan: LoadPlan,
): { second: (second: Second) => void; end: () => void } {
  let ended = 0;
  let failed = 0;
  let latest = -1;
  let shown = false;
  const second = (told: Second) => {
    ended += told.answered + told.failed;
    failed += told.failed;
    if (sink === null || told.second <= latest) return;
    latest = told.second;
    const of = plan.maxRequests === null ? "" : ` of ${String(plan.maxRequests)}`;
    const text = `${String(latest + 1)} s: ${String(ended)}${of} requests, ${String(failed)} failed`;
    if (sink.isTTY === true) sink.write(`\r${text.padEnd(60)}`);
    else if ((latest + 1) % everySeconds === 0) sink.write(`${text}\n`);
    shown = sink.isTTY === true;
  };
  return {
    second,
    end() {
      if (shown) sink?.write(`\r${" ".repeat(60)}\r`);
    },
  };
}
