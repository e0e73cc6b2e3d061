// The share of attempts that failed, in per cent: an error budget, as users have it. What counts as failed is told in
// ./failures.ts.
import { nothing } from "./finding.ts";
import { failedAttempts } from "./failures.ts";
import type { JudgeFunction } from "./judge-function.ts";

export const failedShare: JudgeFunction<"failed-share"> = (judge, scene) => {
  const counted = failedAttempts(judge.probes, scene);
  if (typeof counted === "string") return nothing(counted, scene.span.closed);
  const { certain, possible, attempted, why, at } = counted;
  const percent = (count: number) => (100 * count) / attempted;
  const share = percent(certain);
  return {
    best: share,
    worst: percent(possible),
    measured: share,
    seen: `${Number(share.toPrecision(3)).toString()} % of ${String(attempted)} attempts failed${why}`,
    at,
    took: scene.span,
    settled: scene.span.closed,
  };
};
