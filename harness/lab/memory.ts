// How much more memory pods may take on a machine until its kubelet evicts some of them, and whom it would choose.
// Source: Kubernetes documentation, "Node-pressure Eviction"; kubernetes pkg/kubelet/eviction/helpers.go
// (`makeSignalObservations`, `rankMemoryPressure`, `addAllocatableThresholds`).
import type { V1Pod } from "@kubernetes/client-node";
import { z } from "zod";
import { inconclusiveError } from "../base/errors.ts";
import type { Sourced } from "./facts.ts";
import { goDurationMs } from "./flags.ts";
import { quantityOf } from "./quantity.ts";
import { memoryRequestOf } from "./room.ts";
import type { World } from "./world.ts";

export interface MachineMemory {
  machine: string;
  /** Until eviction; negative: it evicts already. */
  freeBytes: number;
  /** Working set of what the signal looks at. */
  usedBytes: number;
  /** What it looks at: memory of the whole machine, or of what its pods may take. */
  signal: "memory.available" | "allocatableMemory.available";
  thresholdBytes: Sourced<number>;
  /** How long the node is said to be under pressure after it no longer is. */
  transitionMs: Sourced<number>;
  pods: PodMemory[];
}

export interface PodMemory {
  namespace: string;
  name: string;
  /** Working set. */
  usedBytes: number;
  requestedBytes: number;
}

const timeoutMs = 10_000;
/** kubernetes pkg/kubelet/apis/config/v1beta1/defaults.go, EvictionPressureTransitionPeriod. */
const defaultTransitionMs = 300_000;

const amount = z.object({ availableBytes: z.number().optional(), workingSetBytes: z.number().optional() });
export const summarySchema = z.object({
  node: z.object({
    memory: amount,
    systemContainers: z.array(z.object({ name: z.string(), memory: amount.optional() })).default([]),
  }),
  pods: z
    .array(
      z.object({
        podRef: z.object({ name: z.string(), namespace: z.string() }),
        memory: amount.optional(),
      }),
    )
    .default([]),
});
export const configzSchema = z.object({
  kubeletconfig: z.object({
    evictionHard: z.record(z.string(), z.string()).default({}),
    evictionPressureTransitionPeriod: z.string().default("5m0s"),
    enforceNodeAllocatable: z.array(z.string()).default(["pods"]),
  }),
});

/** @throws KubedrillError (inconclusive) when its kubelet never evicts for want of memory, or does not answer */
export async function readMemory(world: World, machine: string): Promise<MachineMemory> {
  const { node } = world.machine(machine);
  const { main } = world.kube;
  const proxy = `/api/v1/nodes/${encodeURIComponent(node)}/proxy`;
  const [summary, configz, pods] = await Promise.all([
    main.raw("GET", `${proxy}/stats/summary`, { timeoutMs }),
    main.raw("GET", `${proxy}/configz`, { timeoutMs }),
    main.core.listPodForAllNamespaces({ fieldSelector: `spec.nodeName=${node}` }),
  ]);
  return memoryOf(machine, summarySchema.parse(summary), configzSchema.parse(configz), pods.items);
}

/** Pure. */
export function memoryOf(
  machine: string,
  summary: z.output<typeof summarySchema>,
  { kubeletconfig }: z.output<typeof configzSchema>,
  pods: readonly V1Pod[],
): MachineMemory {
  const set = kubeletconfig.evictionHard["memory.available"];
  const source = `kubelet of ${machine}, evictionHard memory.available ${set ?? "not set"}`;
  const signals = [
    { signal: "memory.available" as const, of: summary.node.memory },
    ...(kubeletconfig.enforceNodeAllocatable.includes("pods")
      ? summary.node.systemContainers
          .filter(({ name }) => name === "pods")
          .map(({ memory }) => ({ signal: "allocatableMemory.available" as const, of: memory ?? {} }))
      : []),
  ].flatMap(({ signal, of }) => {
    if (of.availableBytes === undefined) return [];
    const bytes = thresholdOf(set, of.availableBytes + (of.workingSetBytes ?? 0));
    return bytes === null
      ? []
      : [{ signal, bytes, free: of.availableBytes - bytes, used: of.workingSetBytes ?? 0 }];
  });
  const [nearest] = signals.toSorted((a, b) => a.free - b.free);
  if (nearest === undefined)
    throw inconclusiveError(`The kubelet of ${machine} evicts nothing for want of memory (${source}).`);
  const used = new Map(
    summary.pods.map(({ podRef, memory }) => [
      `${podRef.namespace}/${podRef.name}`,
      memory?.workingSetBytes ?? 0,
    ]),
  );
  return {
    machine,
    freeBytes: nearest.free,
    usedBytes: nearest.used,
    signal: nearest.signal,
    thresholdBytes: { value: nearest.bytes, source },
    transitionMs: {
      value: goDurationMs(kubeletconfig.evictionPressureTransitionPeriod) ?? defaultTransitionMs,
      source: `kubelet of ${machine}, evictionPressureTransitionPeriod`,
    },
    pods: pods
      .filter(({ status }) => status?.phase === "Running")
      .map((pod) => {
        const namespace = pod.metadata?.namespace ?? "";
        const name = pod.metadata?.name ?? "";
        const usedBytes = used.get(`${namespace}/${name}`) ?? 0;
        return { namespace, name, usedBytes, requestedBytes: memoryRequestOf(pod) };
      }),
  };
}

/** Null: it is no threshold ("0" and "0%" switch it off). */
function thresholdOf(set: string | undefined, capacityBytes: number): number | null {
  if (set === undefined) return null;
  const bytes = set.endsWith("%") ? (capacityBytes * Number(set.slice(0, -1))) / 100 : quantityOf(set);
  return Number.isFinite(bytes) && bytes > 0 ? bytes : null;
}
