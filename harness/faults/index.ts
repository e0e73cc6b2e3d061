// Every way to break something. A new one is one file and one line here.
import { usageError } from "../base/errors.ts";
import type { FaultKind } from "./fault.ts";
import { machineFreeze } from "./machine-freeze.ts";
import { machineLoss } from "./machine-loss.ts";
import { machinePowerCut } from "./machine-power-cut.ts";
import { machineShutdown } from "./machine-shutdown.ts";
import { memoryFill } from "./memory-fill.ts";
import { nodeDrain } from "./node-drain.ts";
import { nodeOutOfService } from "./node-out-of-service.ts";
import { podDelete } from "./pod-delete.ts";
import { workloadRestart } from "./workload-restart.ts";
import { workloadScale } from "./workload-scale.ts";

export { deletePods } from "./pod-delete.ts";
export { freeze } from "./machine-freeze.ts";
export { lostForGood, type Rejoin } from "./machine-loss.ts";
export { askedToFill, fillMemory } from "./memory-fill.ts";
export { drain } from "./node-drain.ts";
export { outOfService } from "./node-out-of-service.ts";
export { powerCut } from "./machine-power-cut.ts";
export { restart } from "./workload-restart.ts";
export { scale } from "./workload-scale.ts";
export { shutdown } from "./machine-shutdown.ts";

const usualInjectLimitMs = 60_000;

export const faultKinds: readonly FaultKind<unknown>[] = [
  forAnyArgs(machinePowerCut),
  forAnyArgs(machineShutdown),
  forAnyArgs(machineFreeze),
  forAnyArgs(machineLoss),
  forAnyArgs(podDelete),
  forAnyArgs(nodeOutOfService),
  forAnyArgs(nodeDrain),
  forAnyArgs(memoryFill),
  forAnyArgs(workloadScale),
  forAnyArgs(workloadRestart),
];

/** @throws KubedrillError (usage) when there is no such fault */
export function faultKind(kind: string): FaultKind<unknown> {
  const found = faultKinds.find((each) => each.kind === kind);
  if (found === undefined)
    throw usageError(`There is no fault "${kind}".`, {
      hint: `there are ${faultKinds.map((each) => each.kind).join(", ")}`,
    });
  return found;
}

/** Arguments come from drills and from ledgers of other versions, so each use checks them first. */
function forAnyArgs<Args>(fault: FaultKind<Args>): FaultKind<unknown> {
  const checked = (args: unknown) => fault.args.parse(args);
  return {
    kind: fault.kind,
    band: fault.band,
    args: fault.args,
    requires: fault.requires,
    needsApi: fault.needsApi === true,
    injectLimitMs: (args) => fault.injectLimitMs?.(checked(args)) ?? usualInjectLimitMs,
    healLimitMs: fault.healLimitMs,
    targets: (args) => fault.targets(checked(args)),
    title: (args) => fault.title(checked(args)),
    inject: async (world, args, signal, say) => fault.inject(world, checked(args), signal, say),
    confirm: async (world, args, signal) => fault.confirm(world, checked(args), signal),
    heal: async (world, args, signal) => fault.heal(world, checked(args), signal),
    confirmHealed: async (world, args) => fault.confirmHealed?.(world, checked(args)),
    byHand: (world, args) => fault.byHand(world, checked(args)),
  };
}
