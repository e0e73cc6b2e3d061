// From a lab as it is to the procedure that fits it.
import type { World } from "../../lab/world.ts";
import { areBare, bareInput } from "./bare-input.ts";
import { bareMachinesId, bareMachinesPlan, bareMachinesTitle } from "./bare-machines.ts";
import { preflight, type Order } from "./preflight.ts";
import type { ClusterInput, Procedure } from "./procedure.ts";
import { chooseStrategy, strategyIds as ofMembers } from "./strategies.ts";

/** In order of preference. */
export const strategyIds: readonly string[] = [...ofMembers, bareMachinesId];

export interface PlannedRestore {
  title: string;
  input: ClusterInput;
  procedure: Procedure;
}

/**
 * @param strategy default: by the layout
 * @throws KubedrillError (usage) with the first thing that is in the way; nothing was touched
 */
export async function planRestore(world: World, order: Order, strategy?: string): Promise<PlannedRestore> {
  if (strategy === bareMachinesId || (strategy === undefined && (await areBare(world)))) {
    const input = await bareInput(world, order);
    return { title: bareMachinesTitle, input, procedure: bareMachinesPlan(input) };
  }
  const input = await preflight(world, order);
  const chosen = chooseStrategy(input, strategy);
  return { title: chosen.title, input, procedure: chosen.plan(input) };
}
