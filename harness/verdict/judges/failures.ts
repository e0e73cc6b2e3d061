// The number of attempts that failed. An attempt that was never made did not fail; but a probe that was starved or
// hardly looked proves nothing.
import { few, nothing } from "./finding.ts";
import type { JudgeFunction, Scene } from "./judge-function.ts";
import { attemptsOf, touches } from "./attempts.ts";

export const failures: JudgeFunction<"failures"> = (judge, scene) => {
  const counted = failedAttempts(judge.probes, scene);
  if (typeof counted === "string") return nothing(counted, scene.span.closed);
  const { certain, possible, attempted, why, at } = counted;
  return {
    best: certain,
    worst: possible,
    measured: certain,
    seen: `${String(certain)} of ${String(attempted)} attempts failed${why}`,
    at,
    settled: scene.span.closed,
  };
};

export interface FailedAttempts {
  attempted: number;
  /** Failed while somebody looked well; and with those whose failure may be the harness's own. */
  certain: number;
  possible: number;
  /** " (timeout and refused)", or nothing. */
  why: string;
  /** The first that failed for certain, else the window's beginning. */
  at: number;
}

/** @returns counts over all of the probes, or a sentence why they prove nothing */
export function failedAttempts(
  probes: readonly string[],
  { store, span }: Pick<Scene, "store" | "span">,
): FailedAttempts | string {
  if (probes.length === 0) return "No probe was named";
  const words = new Set<string>();
  const counted: FailedAttempts = { attempted: 0, certain: 0, possible: 0, why: "", at: span.from };
  for (const id of probes) {
    const attempts = attemptsOf(store, id, span);
    if (typeof attempts === "string") return attempts;
    counted.attempted += attempts.samples.length;
    for (const each of attempts.samples.filter((sample) => !sample.ok)) {
      counted.possible += 1;
      if (touches(each, attempts.unseen)) continue;
      if (counted.certain === 0) counted.at = each.start;
      counted.certain += 1;
      words.add(each.error ?? "failed");
    }
  }
  return { ...counted, why: words.size === 0 ? "" : ` (${few([...words])})` };
}
