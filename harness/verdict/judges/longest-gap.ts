// The longest stretch without an answer that any one of the probes saw: what its user would have felt.
import type { Finding } from "./finding.ts";
import { nothing, seconds } from "./finding.ts";
import type { JudgeFunction } from "./judge-function.ts";
import { attemptsOf } from "./attempts.ts";
import { gapsOf } from "./gaps.ts";

export const longestGap: JudgeFunction<"longest-gap"> = (judge, { store, span }) => {
  let worst: Finding | undefined;
  for (const id of judge.probes) {
    const attempts = attemptsOf(store, id, span);
    if (typeof attempts === "string") return nothing(attempts, span.closed);
    const gaps = gapsOf(attempts, span);
    const longest = gaps.reduce((a, b) => (b.measuredMs > (a?.measuredMs ?? 0) ? b : a), gaps[0]);
    const measuredMs = longest?.measuredMs ?? 0;
    const finding: Finding = {
      best: Math.max(0, ...gaps.map((gap) => gap.bestMs)) / 1000,
      worst: Math.max(attempts.probe.tickMs, ...gaps.map((gap) => gap.worstMs)) / 1000,
      measured: measuredMs / 1000,
      seen:
        measuredMs === 0
          ? `${attempts.probe.title}: no attempt of ${String(attempts.samples.length)} was left without an answer`
          : `${attempts.probe.title}: the longest time without an answer was ${seconds(measuredMs)}`,
      at: longest?.from ?? span.from,
      ...(longest === undefined ? {} : { took: longest }),
      settled: span.closed,
    };
    worst = worst === undefined ? finding : greater(worst, finding);
  }
  return worst ?? nothing("No probe was named", true);
};

/** The bounds of both, told by the one that measured more; what cannot be measured has not come yet. */
export function greater(a: Finding, b: Finding): Finding {
  const told = (b.measured ?? Infinity) > (a.measured ?? Infinity) ? b : a;
  return {
    ...told,
    best: Math.max(a.best, b.best),
    worst: Math.max(a.worst, b.worst),
    settled: a.settled && b.settled,
  };
}
