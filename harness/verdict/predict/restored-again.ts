// The first restore must not be the last: what was made again can be saved and restored as any cluster can. Pure.
import type { Expectation } from "../expectation.ts";
import type { Link } from "./budget.ts";
import { restoreOutcome, writesReturn } from "./restore-links.ts";
import type { Situation } from "./situation.ts";

export interface RestoredAgain {
  /** Names of the restores in a row after the first, each with a snapshot of its own; see `restoreNow` for their marks. */
  again: readonly string[];
  /** The outcome of a restore that went well. */
  committed: string;
}

/** @param served from the order to stop until writes are accepted */
export function restoredAgain(
  situation: Situation,
  { again, committed }: RestoredAgain,
  served: Link,
): Expectation[] {
  return again.flatMap((name) => [
    restoreOutcome(name, committed, "A second snapshot, and a restore of it in a row, go all the way"),
    writesReturn(situation, `${name}.write.returned`, "The API accepts writes again after it", served, {
      from: `${name}.inject`,
      to: `${name}.heal`,
    }),
  ]);
}
