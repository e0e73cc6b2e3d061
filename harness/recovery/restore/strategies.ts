// The strategies, one a line, and which of them fits a layout.
import { usageError } from "../../base/errors.ts";
import type { RestoreInput, Strategy } from "./procedure.ts";
import { forceNewCluster } from "./force-new-cluster.ts";
import { newDirectory } from "./new-directory.ts";
import { stackedSwap } from "./stacked-swap.ts";

/** In order of preference. */
const strategies: readonly Strategy[] = [stackedSwap, newDirectory, forceNewCluster];

export const strategyIds: readonly string[] = strategies.map((each) => each.id);

/**
 * The named one, else the first that fits.
 * @throws KubedrillError (usage) when there is none, with what is in the way of each
 */
export function chooseStrategy(input: Pick<RestoreInput, "places" | "etcd">, named?: string): Strategy {
  const candidates = strategies.filter((each) => named === undefined || each.id === named);
  if (candidates.length === 0)
    throw usageError(`There is no strategy ${named ?? ""}.`, {
      hint: `there are: ${strategyIds.join(", ")}`,
    });
  const fitting = candidates.find((each) => each.unfit(input) === null);
  if (fitting !== undefined) return fitting;
  const why = candidates.map((each) => `${each.id}: ${each.unfit(input) ?? ""}`).join("; ");
  throw usageError(`This etcd cannot be restored (${why}); nothing was touched.`);
}
