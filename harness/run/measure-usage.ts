// What one request costs the application that is measured: asked of its kubelets before anything is predicted from it.
import { KubedrillError } from "../base/errors.ts";
import { until } from "../base/until.ts";
import { perSecond, readKubelet } from "../lab/kubelet-metrics.ts";
import type { RequestCost } from "../verdict/predict/index.ts";
import type { Scaled } from "../workloads/scaled.ts";
import type { Session } from "./session.ts";
import { runStage } from "./stages.ts";

/** So many requests a second at first; one pod of a drill's application takes them without being scaled. */
const firstHz = 50;
/** Never more than the top of a ladder. */
const mostHz = 1000;
/** Of what the HPA aims at. Beyond 1.1 of it, it would add pods. */
const nearlyThere = 0.9;
/** Two readings at least so far apart. The kubelet takes one every 10 to 15 s (cAdvisor's housekeeping). */
const apartMs = 9000;
/** How late a reading may be seen after it was taken. */
const pollMs = 1000;
const limitMs = 60_000;
const metric = "pod_cpu_usage_seconds_total";

interface Seen {
  /** Core-seconds so far. */
  value: number;
  atMs: number;
}

/**
 * Usage of its pods without any request, and with requests at a known rate: at the one at which the HPA will hold them,
 * because a request costs less where many come (fewer of them wake the pod).
 * @throws KubedrillError (inconclusive) when a kubelet does not tell, or the load breaks
 */
export async function measureUsage(session: Session, scaled: Scaled): Promise<RequestCost> {
  const { seats, deployment } = scaled;
  if (seats.length === 0)
    throw new KubedrillError("inconclusive", `${deployment} has no pod on a machine of the lab.`);
  session.progress.line(`measuring what ${deployment} uses, first without a request`);
  const idle = await usageOf(session, seats);
  const costAt = async (rateHz: number) => {
    const { cores, overMs } = await underLoad(session, scaled, rateHz, () => usageOf(session, seats));
    return { rateHz, overMs, perRequest: Math.max(0, cores - idle.cores) / rateHz };
  };
  const rough = await costAt(firstHz);
  const rateHz = workingRateHz(scaled, { idleCores: idle.cores, perRequest: rough.perRequest });
  const cost = rateHz > firstHz ? await costAt(rateHz) : rough;
  const whose = seats.length === 1 ? (seats[0]?.name ?? "") : `${String(seats.length)} pods of ${deployment}`;
  const from = [...new Set(seats.map((each) => each.machine))].join(", ");
  return {
    perRequest: cost.perRequest,
    idleCores: idle.cores / seats.length,
    source: `measured: CPU of ${whose} over ${(idle.overMs / 1000).toFixed(0)} s at rest and ${(cost.overMs / 1000).toFixed(0)} s at ${String(cost.rateHz)} requests/s, kubelet of ${from}`,
  };
}

/**
 * The rate at which its pods together use nearly what the HPA aims at, requests a second. Pure.
 * @param usage of all of them together
 */
export function workingRateHz(
  { seats, requests, targetPercent }: Pick<Scaled, "seats" | "requests" | "targetPercent">,
  { idleCores, perRequest }: { idleCores: number; perRequest: number },
): number {
  const cores = nearlyThere * seats.length * requests.cpuCores * (targetPercent / 100) - idleCores;
  return Math.max(1, Math.floor(Math.min(mostHz, cores / perRequest)));
}

async function underLoad<T>(
  session: Session,
  { way }: Scaled,
  rateHz: number,
  body: () => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const signal = AbortSignal.any([session.signal, stop.signal]);
  const load = runStage({ ...session, signal }, way, {
    name: "measuring",
    connections: rateHz,
    rateHz,
    maxRequests: null,
    durationMs: limitMs,
  });
  // Its end is brought about below; whether it broke before is looked at then.
  load.catch(() => undefined);
  try {
    return await body();
  } finally {
    stop.abort();
    await load.catch(() => undefined);
  }
}

/** Of all of them together, as their kubelets see it from now on. */
async function usageOf(session: Session, seats: Scaled["seats"]): Promise<{ cores: number; overMs: number }> {
  const usages = await Promise.all(
    seats.map(async ({ name, machine }) => {
      const { first, last } = await twoReadings(session, machine, name);
      return { cores: perSecond(first, last) ?? 0, overMs: last.atMs - first.atMs };
    }),
  );
  return {
    cores: usages.reduce((sum, each) => sum + each.cores, 0),
    overMs: Math.max(...usages.map((each) => each.overMs)),
  };
}

/** The first reading that was surely taken from now on, and one long enough after it. */
async function twoReadings(
  { world, signal }: Session,
  machine: string,
  pod: string,
): Promise<{ first: Seen; last: Seen }> {
  const { node } = world.machine(machine);
  const begun = performance.now();
  const seen: Seen[] = [];
  const look = async () => {
    const readings = await readKubelet(world, node, "resource", [metric]);
    const own = readings.find((each) => each.labels.pod === pod);
    const atMs = own?.atMs ?? null;
    // What is there at the first look may be from before.
    if (own !== undefined && atMs !== null && atMs !== seen.at(-1)?.atMs)
      seen.push({ value: own.value, atMs });
    const certain = seen.slice(1);
    const [first] = certain;
    const last = certain.at(-1);
    if (first === undefined || last === undefined || last.atMs - first.atMs < apartMs) return null;
    return { first, last };
  };
  // A load needs a moment to begin.
  await until(() => performance.now() - begun > 2 * pollMs, {
    what: "the load to begin",
    timeoutMs: 10_000,
    intervalMs: 200,
    signal,
  });
  return until(look, {
    what: `two readings of the CPU of ${pod} by the kubelet of ${machine}`,
    timeoutMs: limitMs - 5 * pollMs,
    intervalMs: pollMs,
    signal,
  });
}
