// Whether a machine's memory can be filled so that only the drill's own pods are evicted.
import { inconclusiveError } from "../../base/errors.ts";
import type { MachineMemory } from "../../lab/memory.ts";
import type { Room } from "../../lab/room.ts";
import { excessOf, type PressurePods } from "./pressure-plan.ts";

/** Faults: "outage" fills until the best-effort pod must go, "second", on top of it, until the burstable one must. */
export interface PressurePlan {
  memory: MachineMemory;
  room: readonly Room[];
  pods: PressurePods;
  /** What the pods that fill ask for together. */
  askedBytes: number;
}

/** @throws KubedrillError (inconclusive) when it would harm others */
export function harmless({ memory, room, pods, askedBytes }: PressurePlan): void {
  const { machine } = memory;
  if (memory.freeBytes <= 0)
    throw inconclusiveError(`${machine} is under memory pressure already (${memory.signal}).`);
  const own: string[] = [pods.bestEffort.name, pods.burstable.name, pods.guaranteed.name];
  const [worst] = memory.pods
    .filter(({ name }) => !own.includes(name))
    .toSorted((a, b) => b.usedBytes - b.requestedBytes - (a.usedBytes - a.requestedBytes));
  if (worst !== undefined && worst.usedBytes - worst.requestedBytes >= excessOf(pods))
    throw inconclusiveError(
      `${worst.namespace}/${worst.name} on ${machine} is further over its memory request than the drill's own pods: it would be evicted.`,
      { hint: "give that pod a request of what it uses" },
    );
  const here = room.find((each) => each.machine === machine);
  if (here === undefined) return;
  const left = here.allocatable.memoryBytes - here.requested.memoryBytes;
  if (askedBytes > left)
    throw inconclusiveError(
      `On ${machine} pods may use ${String(Math.round(askedBytes / 2 ** 20))} MiB more until the kubelet evicts, but only ${String(Math.round(left / 2 ** 20))} MiB are not asked for yet: whoever filled it would be over its own request.`,
      { hint: "other pods there ask for much more than they use" },
    );
}
