// Time of the last success: the thing must stop, and stay stopped to the window's end. A hole between two failures
// counts as stopped when it is short: nothing that needs an etcd election can come and go in it unseen.
import type { Finding } from "./finding.ts";
import { nothing, seconds } from "./finding.ts";
import { stayMs, type JudgeFunction, type Scene } from "./judge-function.ts";
import { attemptsOf, touches } from "./attempts.ts";
import { greater } from "./longest-gap.ts";

/** Two default election timeouts of etcd (1 s each, etcd's `--election-timeout`): one to come, one to go. */
const bridgeMs = 2000;
/** So many attempts must have failed after the last success. */
const failuresMin = 3;
/** Success must have been seen at most so long before the window, else its absence says nothing. */
const memoryMs = 60_000;

export const stopped: JudgeFunction<"stopped"> = (judge, scene) => {
  let latest: Finding | undefined;
  for (const id of judge.probes) {
    const finding = stopOf(id, scene);
    if (finding.missing !== undefined) return finding;
    latest = latest === undefined ? finding : greater(latest, finding);
  }
  return latest ?? nothing("No probe was named", true);
};

function stopOf(id: string, { store, span, budgetMs }: Scene): Finding {
  const attempts = attemptsOf(store, id, span);
  if (typeof attempts === "string") return nothing(attempts, span.closed);
  const { probe, samples, unseen } = attempts;
  const earlier = store.samples.get(id)?.within(span.from - memoryMs, span.from) ?? [];
  // One that hung until the window was over was answered by what came after it.
  const last = samples.findLast((each) => each.ok && each.end <= span.to);
  if (last === undefined && !earlier.some((each) => each.ok))
    return nothing(`${probe.title} did not answer before either, so its silence says nothing`, span.closed);
  const failures = samples.filter(
    (each) => !each.ok && !touches(each, unseen) && each.start >= (last?.end ?? 0),
  );
  const bestMs = last === undefined ? 0 : Math.max(0, last.start - span.from);
  const lastMs = last === undefined ? 0 : last.end - span.from;
  if (failures.length < failuresMin) {
    const seen = `${probe.title} still answered ${seconds(lastMs)} after the beginning`;
    return {
      best: bestMs / 1000,
      worst: Infinity,
      measured: lastMs / 1000,
      seen,
      at: last?.end ?? span.from,
      settled: span.closed,
    };
  }
  const hidden = unseen.filter(
    (each) => each.to - each.from > bridgeMs && each.to > (last?.end ?? span.from),
  );
  return {
    best: bestMs / 1000,
    worst: Math.max(lastMs, ...hidden.map((each) => each.to - span.from)) / 1000,
    measured: lastMs / 1000,
    seen:
      last === undefined
        ? `${probe.title} failed from the beginning`
        : `${probe.title} answered for the last time after ${seconds(lastMs)}`,
    at: last?.end ?? span.from,
    settled: span.closed || (budgetMs !== null && span.to - span.from > Math.max(budgetMs, lastMs) + stayMs),
  };
}
