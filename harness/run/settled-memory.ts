// Memory of a machine when the pods that are to use it do so, and its kubelet has seen it: it looks at pods and at their
// sum at different moments, seconds apart.
import { until } from "../base/until.ts";
import { readMemory, type MachineMemory } from "../lab/memory.ts";
import type { World } from "../lab/world.ts";
import type { MadeExtra } from "../workloads/make-extras.ts";

const limitMs = 90_000;
/** What a pod was told to use need not be met to the byte. */
const near = 0.95;

/** @throws KubedrillError (inconclusive) when a pod does not use what it should, or the kubelet does not tell */
export async function settledMemory(
  world: World,
  machine: string,
  extras: readonly MadeExtra[],
  signal: AbortSignal,
): Promise<MachineMemory> {
  return until(
    async () => {
      const memory = await readMemory(world, machine);
      return isSettled(memory, extras) ? memory : null;
    },
    {
      what: `the kubelet of ${machine} to see what the drill's pods use`,
      timeoutMs: limitMs,
      intervalMs: 1000,
      signal,
    },
  );
}

/** Pure. */
export function isSettled(
  { pods, usedBytes }: Pick<MachineMemory, "pods" | "usedBytes">,
  extras: readonly Pick<MadeExtra, "kind" | "name" | "memoryBytes">[],
): boolean {
  const users = extras.filter(({ kind }) => kind === "memory-user");
  const used = (name: string) => pods.find((each) => each.name === name)?.usedBytes ?? 0;
  const all = pods.reduce((sum, each) => sum + each.usedBytes, 0);
  return (
    users.every(({ name, memoryBytes }) => used(name) >= near * (memoryBytes ?? 0)) && usedBytes >= near * all
  );
}
