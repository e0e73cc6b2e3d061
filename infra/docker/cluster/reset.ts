// `lab reset`: the golden state again, whatever has been done to the machines. Network, addresses and keys stay.
import { usageError } from "../../../harness/base/errors.ts";
import { removeLab } from "./down.ts";
import { findGolden } from "./golden.ts";
import { shapeOf } from "./layout.ts";
import { labContainers, removeMachines } from "./machines.ts";
import { confineSubnet, createNetwork, hasNetwork } from "./network.ts";
import { readLabState, writeLabState } from "./state.ts";
import { bringUp, fromGolden, type UpContext } from "./up.ts";
import { removeVolumes } from "./volumes.ts";

/** Restores the lab; to be called with the lab's lock held. Throws a usage error when there is no such lab. */
export async function resetToGolden(context: UpContext): Promise<void> {
  const state = await readLabState(context.name);
  if (state === undefined)
    throw usageError(`There is no lab ${context.name} to reset.`, {
      hint: `kubedrill lab up --name ${context.name} makes one`,
    });
  const golden = await findGolden(context.name, context.machineImage);
  if (golden?.layout.network.subnet !== state.layout.network.subnet) {
    context.onProgress("no golden state of this lab: it is made anew");
    await removeLab(context.name);
    await bringUp({ ...context, shape: shapeOf(state.layout) });
    return;
  }
  await writeLabState({ ...state, phase: "building" });
  await removeMachines([...(await labContainers(context.name)).keys()]);
  await removeVolumes(context.name);
  if (!(await hasNetwork(state.layout)) && !(await createNetwork(state.layout)))
    throw usageError(
      `The range ${state.layout.network.subnet} of lab ${context.name} is taken by another network.`,
      {
        hint: `kubedrill lab down --name ${context.name}, then up, gives it another one`,
      },
    );
  await confineSubnet(state.layout.network.subnet);
  await fromGolden(context);
}
