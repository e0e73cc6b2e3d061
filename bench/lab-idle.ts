// What a lab costs when nobody uses it: processor time and memory of its machines, as the engine counts them.
import { setTimeout as delay } from "node:timers/promises";
import { Agent, request } from "undici";
import { z } from "zod";
import { labStatus } from "../infra/docker/lab.ts";

const settleMs = 60_000;
const windowMs = 60_000;

/** Measures over a minute, after a minute of rest. Memory is without page cache that could be dropped. */
export async function idleCost(lab: string): Promise<{ cores: number; memoryGiB: number }> {
  const containers = (await labStatus({ name: lab })).machines.map((each) => each.container);
  await delay(settleMs);
  const before = await usage(containers);
  await delay(windowMs);
  const after = await usage(containers);
  return {
    cores: (after.cpuNs - before.cpuNs) / 1e6 / (after.atMs - before.atMs),
    memoryGiB: after.memoryBytes / 2 ** 30,
  };
}

async function usage(containers: readonly string[]) {
  const atMs = performance.now();
  const all = await Promise.all(containers.map(stats));
  return {
    atMs,
    cpuNs: all.reduce((sum, each) => sum + each.cpu_stats.cpu_usage.total_usage, 0),
    memoryBytes: all.reduce((sum, { memory_stats: memory }) => {
      return sum + memory.usage - (memory.stats.total_inactive_file ?? memory.stats.inactive_file ?? 0);
    }, 0),
  };
}

async function stats(container: string) {
  const { body } = await request(`http://engine/containers/${container}/stats?stream=false&one-shot=true`, {
    dispatcher: new Agent({ connect: { socketPath: "/var/run/docker.sock" } }),
    signal: AbortSignal.timeout(10_000),
  });
  return statsSchema.parse(await body.json());
}

const statsSchema = z.object({
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: z.number() }) }),
  memory_stats: z.object({
    usage: z.number(),
    stats: z.object({ total_inactive_file: z.number().optional(), inactive_file: z.number().optional() }),
  }),
});
