// The number of attempts that failed. An attempt that was never made did not fail; but a probe that was starved or
// hardly looked proves nothing.
import { few, nothing } from "./finding.ts";
import type { JudgeFunction, Scene } from "./judge-function.ts";
import { attemptsOf, touches } from "./attempts.ts";

export const failures: JudgeFunction<"failures"> = (judge, scene) => {
  const counted = failedAttempts(judge.probes, scene);
  if (typeof counted === "string") return nothing(counted, scene.span.closed);
  const { certain, possible, attempted, why, at, times } = counted;
  const { span, expectation } = scene;
  // The one that was too many.
  const decisive = times[Math.floor(expectation.budget ?? 0)];
  return {
    best: certain,
    worst: possible,
    measured: certain,
    seen: `${String(certain)} of ${String(attempted)} attempts failed${why}`,
    at,
    ...(decisive === undefined ? {} : { took: { from: span.from, to: decisive } }),
    settled: span.closed,
  };
};

export interface FailedAttempts {
  attempted: number;
  /** Failed while somebody looked well; and with those whose failure may be the harness's own. */
  certain: number;
  possible: number;
  /** " (timeout and refused)", or nothing. */
  why: string;
  /** When those began that failed for certain, ms of the run, in order. */
  times: number[];
  /** The first of them, else the window's beginning. */
  at: number;
}

/** @returns counts over all of the probes, or a sentence why they prove nothing */
export function failedAttempts(
  probes: readonly string[],
  { store, span }: Pick<Scene, "store" | "span">,
): FailedAttempts | string {
  if (probes.length === 0) return "No probe was named";
  const words = new Set<string>();
  const times: number[] = [];
  const counted = { attempted: 0, possible: 0 };
  for (const id of probes) {
    const attempts = attemptsOf(store, id, span);
    if (typeof attempts === "string") return attempts;
    counted.attempted += attempts.samples.length;
    for (const each of attempts.samples.filter((sample) => !sample.ok)) {
      counted.possible += 1;
      if (touches(each, attempts.unseen)) continue;
      times.push(each.start);
      words.add(each.error ?? "failed");
    }
  }
  times.sort((a, b) => a - b);
  return {
    ...counted,
    certain: times.length,
    times,
    at: times[0] ?? span.from,
    why: words.size === 0 ? "" : ` (${few([...words])})`,
  };
}
