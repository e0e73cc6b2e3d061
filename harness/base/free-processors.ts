// How many processors of this host nobody uses just now.
import { availableParallelism, cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const watchedMs = 300;

/**
 * Looks at the host for 0.3 s; at least 1, at most what this process may use. Where the system tells no times of its
 * processors, all count as free.
 */
export async function freeProcessors(): Promise<number> {
  const before = times();
  await sleep(watchedMs);
  const after = times();
  return freeOf(after.idle - before.idle, after.all - before.all, availableParallelism());
}

/** Of these processors, by the share of the time that was idle; to the nearest whole one. */
export function freeOf(idleMs: number, allMs: number, processors: number): number {
  if (allMs <= 0) return processors;
  return Math.min(processors, Math.max(1, Math.round((processors * idleMs) / allMs)));
}

function times(): { idle: number; all: number } {
  let [idle, all] = [0, 0];
  for (const { times: each } of cpus()) {
    idle += each.idle;
    all += each.user + each.nice + each.sys + each.idle + each.irq;
  }
  return { idle, all };
}
