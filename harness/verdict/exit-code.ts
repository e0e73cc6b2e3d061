// The exit code that a verdict stands for. 4 (something could not be healed) and 130 (interrupted) are the runner's.
import type { RunVerdict } from "./verdict-file.ts";

/** 0: all passed; 1: a drill failed; 3: nothing failed, something was inconclusive. */
export function exitCodeOf({ verdict }: Pick<RunVerdict, "verdict">): 0 | 1 | 3 {
  return { pass: 0 as const, fail: 1 as const, inconclusive: 3 as const }[verdict];
}
