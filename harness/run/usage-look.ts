// What an application and its machines used of their processors during a stage, and what stood in its way: the evidence
// for why it answers slowly although there is room.
import { perSecond, readKubelet, type Reading } from "../lab/kubelet-metrics.ts";
import type { Room } from "../lab/room.ts";
import type { Scaled } from "../workloads/scaled.ts";
import { oomKillsBetween, readLastEnds, type LastEnds } from "./oom-kills.ts";
import type { Session } from "./session.ts";

/** Counters at one time, over the machines of the workers. */
export interface UsageLook {
  /** By machine: core-seconds so far. */
  machines: Record<string, Pick<Reading, "value" | "atMs">>;
  /** Periods of the CPU limit that the application's containers went through, and those in which they were throttled. */
  periods: number;
  throttled: number;
  lastEnds: LastEnds;
}

export interface Usage {
  /** Cores, by machine; machines of which there is no second reading are left out. */
  cores: Record<string, number>;
  /** 0 to 1; null: no period was seen (no limit, or no new reading). */
  throttledShare: number | null;
  oomKills: number;
}

const names = {
  node: "node_cpu_usage_seconds_total",
  periods: "container_cpu_cfs_periods_total",
  throttled: "container_cpu_cfs_throttled_periods_total",
};

/** @throws KubedrillError when a kubelet, or the API, does not answer */
export async function lookAtUsage(
  { world }: Session,
  { namespace, deployment, selector }: Pick<Scaled, "namespace" | "deployment" | "selector">,
  machines: readonly string[],
): Promise<UsageLook> {
  const lastEnds = await readLastEnds(world, namespace, selector);
  const look: UsageLook = { machines: {}, periods: 0, throttled: 0, lastEnds };
  for (const machine of machines) {
    const { node } = world.machine(machine);
    const [used] = await readKubelet(world, node, "resource", [names.node]);
    if (used !== undefined) look.machines[machine] = used;
    const rest = await readKubelet(world, node, "cadvisor", [names.periods, names.throttled]);
    for (const { name, labels, value } of rest) {
      // Without a container it is the pod's own group, which counts the same periods once more.
      if (labels.namespace !== namespace || (labels.container ?? "") === "") continue;
      if (labels.pod?.startsWith(`${deployment}-`) !== true) continue;
      if (name === names.periods) look.periods += value;
      else look.throttled += value;
    }
  }
  return look;
}

/** Pure. Containers that ended meanwhile take their counters with them; what is negative by that is nothing. */
export function usageBetween(before: UsageLook, after: UsageLook): Usage {
  const cores = Object.entries(after.machines).flatMap(([machine, late]) => {
    const used = perSecond(before.machines[machine], late);
    return used === null ? [] : [[machine, used] as const];
  });
  const periods = after.periods - before.periods;
  return {
    cores: Object.fromEntries(cores),
    throttledShare: periods <= 0 ? null : Math.max(0, (after.throttled - before.throttled) / periods),
    oomKills: oomKillsBetween(before.lastEnds, after.lastEnds),
  };
}

/** From here on throttling is felt: a request that hits it waits for the next period, up to 0.1 s. */
const throttledFrom = 0.05;
/** So much slower than the first stage is called slow. */
const slowFrom = 3;

/**
 * Why it answers slowly, in a sentence with its evidence; null: it does not. Pure.
 * @param p99Ms of the first stage and of this one
 */
export function whySlow(
  p99Ms: { first: number; now: number },
  usage: Usage,
  pods: { ready: number; pending: number; lacking: string | null },
  room: readonly Room[],
): string | null {
  if (p99Ms.now < slowFrom * p99Ms.first) return null;
  const slower = `99 % within ${p99Ms.now.toFixed(0)} ms instead of ${p99Ms.first.toFixed(0)} ms`;
  const idle = idleOf(usage, room);
  if (usage.oomKills > 0)
    return `${slower}: its containers were killed ${times(usage.oomKills)} for want of memory (OOMKilled), their memory limit holds them back although ${idle}`;
  if (usage.throttledShare !== null && usage.throttledShare >= throttledFrom)
    return `${slower}: its containers were throttled in ${percent(usage.throttledShare)} of their periods, their CPU limit holds them back although ${idle}`;
  if (pods.pending > 0)
    return `${slower}: ${String(pods.ready)} pods do all the work, ${String(pods.pending)} more wait for room (${pods.lacking ?? "no reason given"}) although ${idle}`;
  return `${slower}: its pods were neither throttled nor short of room, so the time is spent before them, in the ingress or on the way to it; ${idle}`;
}

function idleOf({ cores }: Usage, room: readonly Room[]): string {
  const told = Object.entries(cores).map(([machine, used]) => {
    const whole = room.find((each) => each.machine === machine)?.allocatable.cpuCores ?? 0;
    return `${machine} uses ${used.toFixed(2)} of ${String(whole)} cores`;
  });
  return told.length === 0 ? "nothing is known of the machines" : told.join(", ");
}

function times(count: number): string {
  return count === 1 ? "once" : `${String(count)} times`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
