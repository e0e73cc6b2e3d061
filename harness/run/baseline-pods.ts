// What each pod of an idle cluster uses. Recorded as facts: "baseline.component.<pod>" (a static pod of a control plane),
// "baseline.busiest" (other pods by cores, in words), and for comparing runs "baseline.pod-cores" and "baseline.pod-MiB"
// (every pod that ran all the time, by namespace/name).
import { perSecond, type Reading } from "../lab/kubelet-metrics.ts";
import type { FactEvent } from "../timeline/events.ts";
import type { Session } from "./session.ts";

const cpu = "pod_cpu_usage_seconds_total";
const memory = "pod_memory_working_set_bytes";
/** What must have been read of every kubelet. */
export const podMetrics = [cpu, memory];

const MiB = 2 ** 20;
/** So many pods beside the control plane's are named in words. */
const busiest = 10;

interface PodUsage {
  pod: string;
  cores: number;
  /** Null: not told. */
  MiB: number | null;
}

/** @param before readings of every kubelet, by node; as `after` */
export async function tellPods(
  session: Session,
  before: Map<string, Reading[]>,
  after: Map<string, Reading[]>,
  fact: (name: string, value: FactEvent["value"]) => void,
): Promise<void> {
  const components = await staticPods(session);
  const all = podUsages(before, after);
  for (const each of all.filter(({ pod }) => components.has(pod)))
    fact(`component.${each.pod.split("/")[1] ?? ""}`, { "CPU cores": each.cores, "memory MiB": each.MiB });
  const others = all.filter(({ pod }) => !components.has(pod));
  fact(
    "busiest",
    others
      .slice(0, busiest)
      .map(({ pod, cores, MiB: used }) => `${pod} ${String(cores)} cores ${String(used ?? "unknown")} MiB`),
  );
  fact("pod-cores", Object.fromEntries(all.map(({ pod, cores }) => [pod, cores])));
  fact("pod-MiB", Object.fromEntries(all.map(({ pod, MiB: used }) => [pod, used])));
}

/** The busiest first; what has no two readings is left out. Pure. */
export function podUsages(before: Map<string, Reading[]>, after: Map<string, Reading[]>): PodUsage[] {
  const nameOf = ({ labels }: Reading) => `${labels.namespace ?? ""}/${labels.pod ?? ""}`;
  return [...after]
    .flatMap(([node, readings]) => {
      const sizes = new Map(
        readings.filter(({ name }) => name === memory).map((each) => [nameOf(each), each.value] as const),
      );
      return [...growth(before.get(node), readings, cpu, nameOf)].map(([pod, cores]) => {
        const bytes = sizes.get(pod);
        return { pod, cores: rounded(cores), MiB: bytes === undefined ? null : rounded(bytes / MiB) };
      });
    })
    .sort((a, b) => b.cores - a.cores);
}

/** Cores that each subject of a counter used between two looks; what has no two readings is left out. Pure. */
export function growth(
  before: readonly Reading[] | undefined,
  after: readonly Reading[] | undefined,
  name: string,
  subjectOf: (reading: Reading) => string,
): Map<string, number> {
  const of = (readings: readonly Reading[] | undefined) =>
    new Map(
      (readings ?? []).filter((each) => each.name === name).map((each) => [subjectOf(each), each] as const),
    );
  const early = of(before);
  const cores = new Map<string, number>();
  for (const [subject, late] of of(after)) {
    const used = perSecond(early.get(subject), late);
    if (used !== null) cores.set(subject, used);
  }
  return cores;
}

/** Static pods: those of kubeadm's and kubespray's control planes; mirrored by their kubelet. */
async function staticPods({ world }: Session): Promise<ReadonlySet<string>> {
  const { items } = await world.kube.main.core.listNamespacedPod({
    namespace: "kube-system",
    labelSelector: "component",
  });
  return new Set(items.map(({ metadata }) => `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`));
}

/** To three digits. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
