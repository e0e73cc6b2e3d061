// What one request costs the application that is measured: asked of its kubelets before anything is predicted from it.
import { KubedrillError } from "../base/errors.ts";
import { until } from "../base/until.ts";
import type { Sourced } from "../lab/facts.ts";
import { perSecond, readKubelet } from "../lab/kubelet-metrics.ts";
import type { Scaled } from "../workloads/scaled.ts";
import type { Session } from "./session.ts";
import { runStage } from "./stages.ts";

/** So many requests a second; one pod of a drill's application takes them without being scaled. */
const rateHz = 50;
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
 * Processor time of one request in its pod, core-seconds, with everything else that the pods do meanwhile.
 * @throws KubedrillError (inconclusive) when a kubelet does not tell, or the load breaks
 */
export async function measureUsage(session: Session, scaled: Scaled): Promise<Sourced<number>> {
  const { seats, deployment } = scaled;
  if (seats.length === 0)
    throw new KubedrillError("inconclusive", `${deployment} has no pod on a machine of the lab.`);
  session.progress.line(`measuring what a request costs ${deployment}`);
  const stop = new AbortController();
  const load = runStage({ ...session, signal: AbortSignal.any([session.signal, stop.signal]) }, scaled.way, {
    name: "measuring",
    connections: rateHz,
    rateHz,
    maxRequests: null,
    durationMs: limitMs,
  });
  // Its end is brought about below; whether it broke before is looked at then.
  load.catch(() => undefined);
  try {
    const usages = await Promise.all(
      seats.map(async ({ name, machine }) => {
        const { first, last } = await twoReadings(session, machine, name);
        return { cores: perSecond(first, last) ?? 0, overMs: last.atMs - first.atMs };
      }),
    );
    const cores = usages.reduce((sum, each) => sum + each.cores, 0);
    const overS = Math.max(...usages.map((each) => each.overMs / 1000)).toFixed(0);
    const whose =
      seats.length === 1 ? (seats[0]?.name ?? "") : `${String(seats.length)} pods of ${deployment}`;
    const from = [...new Set(seats.map((each) => each.machine))].join(", ");
    return {
      value: cores / rateHz,
      source: `measured: CPU of ${whose} over ${overS} s at ${String(rateHz)} requests/s, kubelet of ${from}`,
    };
  } finally {
    stop.abort();
    await load.catch(() => undefined);
  }
}

/** The first reading that was surely taken under load, and one long enough after it. */
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
    // What is there at the first look may be from before the load.
    if (own !== undefined && atMs !== null && atMs !== seen.at(-1)?.atMs)
      seen.push({ value: own.value, atMs });
    const certain = seen.slice(1);
    const [first] = certain;
    const last = certain.at(-1);
    if (first === undefined || last === undefined || last.atMs - first.atMs < apartMs) return null;
    return { first, last };
  };
  // The load itself needs a moment to begin.
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
