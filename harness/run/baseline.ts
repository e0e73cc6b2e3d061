// What a cluster costs that has nothing to do: usage of machines, pods and the control plane's components over a while,
// requests beside allocatable, and whether the metrics API tells the same. Recorded as facts:
// "baseline.machine.<machine>", "baseline.component.<pod>" (a static pod of a control plane), "baseline.busiest" (other
// pods by cores), "baseline.nodes" and "baseline.metrics-nodes" (names), "baseline.metrics-api" ("answers", or why not),
// "baseline.pending" (pods, or null), "baseline.overcommitted" (machines, or null).
import { z } from "zod";
import { messageOf } from "../base/errors.ts";
import { until } from "../base/until.ts";
import { perSecond, readKubelet, type Reading } from "../lab/kubelet-metrics.ts";
import { listAll } from "../kube/list-pages.ts";
import { readRoom } from "../lab/room.ts";
import type { FactEvent } from "../timeline/events.ts";
import type { Session } from "./session.ts";
import { hold } from "./settle.ts";

const names = {
  nodeCpu: "node_cpu_usage_seconds_total",
  nodeMemory: "node_memory_working_set_bytes",
  podCpu: "pod_cpu_usage_seconds_total",
  podMemory: "pod_memory_working_set_bytes",
};
const MiB = 2 ** 20;
const GiB = 2 ** 30;
/** So many pods beside the control plane's are named. */
const busiest = 10;
/** A metric may be so many resolutions old before the metrics API counts as behind. */
const staleAfter = 3;
const defaultResolutionMs = 15_000;

const nodeMetrics = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string() }), timestamp: z.string() })),
});

/** Sets the marks "baseline.begin" and "baseline.end" around what it looks at. */
export async function takeBaseline(
  session: Session,
  drill: string,
  durationMs: number,
  mark: (name: string) => void,
): Promise<void> {
  const { recorder, world } = session;
  const fact = (name: string, value: FactEvent["value"]) => {
    recorder.record({ type: "fact", drill, name: `baseline.${name}`, value });
  };
  mark("baseline.begin");
  const before = await lookAll(session);
  await hold(session, drill, "baseline.begin", durationMs, "what an idle cluster uses is measured");
  const after = await lookAll(session);
  mark("baseline.end");
  const room = await readRoom(world);
  for (const each of room) {
    const { node } = world.machine(each.machine);
    const usage = growth(before.get(node), after.get(node), names.nodeCpu, () => "node").get("node");
    const memory = after.get(node)?.find(({ name }) => name === names.nodeMemory)?.value;
    fact(`machine.${each.machine}`, {
      "CPU cores": usage === undefined ? null : rounded(usage),
      "memory GiB": memory === undefined ? null : rounded(memory / GiB),
      "CPU requested of allocatable": `${String(rounded(each.requested.cpuCores))} of ${String(rounded(each.allocatable.cpuCores))}`,
      "memory requested of allocatable": `${String(rounded(each.requested.memoryBytes / GiB))} of ${String(rounded(each.allocatable.memoryBytes / GiB))} GiB`,
      pods: each.requested.pods,
    });
  }
  tellPods(before, after, await staticPods(session), fact);
  const over = room.filter(
    ({ requested, allocatable }) =>
      requested.cpuCores > allocatable.cpuCores + 1e-6 || requested.memoryBytes > allocatable.memoryBytes,
  );
  fact("overcommitted", over.length === 0 ? null : over.map((each) => each.machine).join(", "));
  const named = await listAll(
    world.kube.main,
    "/api/v1/pods",
    { fieldSelector: "status.phase=Pending" },
    ({ metadata }) => `${metadata.namespace ?? ""}/${metadata.name}`,
  );
  fact("pending", named.length === 0 ? null : named.join(", "));
  await tellMetricsApi(session, fact);
}

/** Readings of every kubelet, by node. @throws KubedrillError when one does not answer */
async function lookAll({ world, signal }: Session): Promise<Map<string, Reading[]>> {
  const looks = world.machines.map(async ({ node }) => {
    const readings = await until(() => readKubelet(world, node, "resource", Object.values(names)), {
      what: `the kubelet of ${node} to tell its usage`,
      timeoutMs: 30_000,
      intervalMs: 1000,
      signal,
    });
    return [node, readings] as const;
  });
  return new Map(await Promise.all(looks));
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

function tellPods(
  before: Map<string, Reading[]>,
  after: Map<string, Reading[]>,
  components: ReadonlySet<string>,
  fact: (name: string, value: FactEvent["value"]) => void,
): void {
  const nameOf = ({ labels }: Reading) => `${labels.namespace ?? ""}/${labels.pod ?? ""}`;
  const all = [...after].flatMap(([node, readings]) => {
    const memory = new Map(
      readings
        .filter((each) => each.name === names.podMemory)
        .map((each) => [nameOf(each), each.value] as const),
    );
    const cores = growth(before.get(node), readings, names.podCpu, nameOf);
    return [...cores].map(([pod, used]) => ({ pod, cores: used, MiB: (memory.get(pod) ?? 0) / MiB }));
  });
  for (const each of all.filter(({ pod }) => components.has(pod)))
    fact(`component.${each.pod.split("/")[1] ?? ""}`, {
      "CPU cores": rounded(each.cores),
      "memory MiB": rounded(each.MiB),
    });
  const others = all.filter(({ pod }) => !components.has(pod)).sort((a, b) => b.cores - a.cores);
  fact(
    "busiest",
    others
      .slice(0, busiest)
      .map(({ pod, cores, MiB: memory }) => `${pod} ${cores.toFixed(4)} cores ${memory.toFixed(0)} MiB`),
  );
}

/** Static pods: those of kubeadm's and kubespray's control planes; mirrored by their kubelet. */
async function staticPods({ world }: Session): Promise<ReadonlySet<string>> {
  const { items } = await world.kube.main.core.listNamespacedPod({
    namespace: "kube-system",
    labelSelector: "component",
  });
  return new Set(items.map(({ metadata }) => `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`));
}

async function tellMetricsApi(
  { world, settings }: Session,
  fact: (name: string, value: FactEvent["value"]) => void,
): Promise<void> {
  const nodes = await listAll(world.kube.main, "/api/v1/nodes", {}, ({ metadata }) => metadata.name);
  fact("nodes", nodes.sort());
  const staleMs = staleAfter * (settings.metrics?.resolutionMs.value ?? defaultResolutionMs);
  try {
    const answer = await world.kube.main.raw("GET", "/apis/metrics.k8s.io/v1beta1/nodes", {
      timeoutMs: 10_000,
    });
    const { items } = nodeMetrics.parse(answer);
    const fresh = items.filter(({ timestamp }) => Date.now() - Date.parse(timestamp) <= staleMs);
    fact("metrics-nodes", fresh.map(({ metadata }) => metadata.name).sort());
    fact("metrics-api", "answers");
  } catch (error) {
    fact("metrics-nodes", []);
    fact("metrics-api", messageOf(error));
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
