// How much memory a drill must fill so that the kubelet evicts one pod, and then one more: close to the threshold at
// once, and over it slowly, because the kubelet looks only every 10 s and the kernel's own limit is not far behind.
import { inconclusiveError } from "../../base/errors.ts";
import type { MachineMemory } from "../../lab/memory.ts";
import type { Room } from "../../lab/room.ts";

const MiB = 2 ** 20;

/** Two pods that will be evicted, one after the other, and one that stays: what they use and what they ask for. */
export interface PressurePods {
  bestEffort: { name: string; usesBytes: number };
  burstable: { name: string; usesBytes: number; requestsBytes: number };
  guaranteed: { name: string; usesBytes: number; requestsBytes: number };
}

/** Names of those pods. */
export const pressureNames = { bestEffort: "best-effort", burstable: "burstable", guaranteed: "guaranteed" };

export interface Fill {
  fastBytes: number;
  slowBytes: number;
  slowBytesPerSecond: number;
}

/** kubernetes pkg/kubelet/kubelet.go, evictionMonitoringPeriod. */
export const monitoringMs = 10_000;

/** Filled slowly before the threshold, for what other pods take or give meanwhile; and after it, so that it is crossed. */
const beforeBytes = 96 * MiB;
const afterBytes = 128 * MiB;
const fastStepBytes = 32 * MiB;
const slowestRate = MiB / 4;
const fastestRate = 3 * MiB;

/**
 * Sizes by the worker with the least room: large enough to be told from what other pods use, and so that all fits
 * together. The best-effort pod is further over its request than the burstable one.
 * @throws KubedrillError (inconclusive) when no worker takes pods
 */
export function pressurePods(room: readonly Room[]): PressurePods {
  const free = room
    .filter((each) => each.role === "worker" && each.open)
    .map((each) => each.allocatable.memoryBytes - each.requested.memoryBytes);
  if (free.length === 0)
    throw inconclusiveError("No worker takes pods: all are cordoned, tainted or not Ready.");
  const share = (part: number) => Math.max(MiB, Math.floor((Math.min(...free) * part) / MiB) * MiB);
  return podsOfSizes({ bestEffort: share(1 / 4), burstable: share(1 / 5) });
}

/** @param uses bytes */
export function podsOfSizes(uses: { bestEffort: number; burstable: number }): PressurePods {
  const { bestEffort, burstable, guaranteed } = pressureNames;
  return {
    bestEffort: { name: bestEffort, usesBytes: uses.bestEffort },
    burstable: { name: burstable, usesBytes: uses.burstable, requestsBytes: 64 * MiB },
    guaranteed: { name: guaranteed, usesBytes: 64 * MiB, requestsBytes: 128 * MiB },
  };
}

/** By how much the burstable pod, the last to be evicted, is over its request: no pod of others may be over by more. */
export function excessOf({ burstable }: PressurePods): number {
  return burstable.usesBytes - burstable.requestsBytes;
}

/** The first one crosses the threshold once, the second one again after the first pod has been evicted. */
export function fillsFor(memory: MachineMemory, pods: PressurePods): { first: Fill; second: Fill } {
  const slowBytesPerSecond = Math.round(
    Math.min(fastestRate, Math.max(slowestRate, memory.thresholdBytes.value / (3 * (monitoringMs / 1000)))),
  );
  const slow = { slowBytes: beforeBytes + afterBytes, slowBytesPerSecond };
  const fast = (bytes: number) => Math.max(0, Math.floor(bytes / fastStepBytes) * fastStepBytes);
  const free = memory.freeBytes - notYetThere(memory, pods);
  return {
    first: { fastBytes: fast(free - beforeBytes), ...slow },
    second: { fastBytes: fast(pods.bestEffort.usesBytes - afterBytes - beforeBytes), ...slow },
  };
}

export function rampMs({ slowBytes, slowBytesPerSecond }: Fill): number {
  return (slowBytes / slowBytesPerSecond) * 1000;
}

/** In a dry run the drill's pods do not stand yet. */
function notYetThere({ pods }: MachineMemory, { bestEffort, burstable, guaranteed }: PressurePods): number {
  const missing = [bestEffort, burstable, guaranteed].filter(
    ({ name }) => !pods.some((each) => each.name === name),
  );
  return missing.reduce((sum, each) => sum + each.usesBytes, 0);
}
