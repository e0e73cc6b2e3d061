// What a cluster costs that has nothing to do: usage of machines, pods and the control plane's components over a while,
// requests beside allocatable, and whether the metrics API tells the same. Recorded as facts:
// "baseline.machine.<machine>", those of `tellPods`, "baseline.nodes" and "baseline.metrics-nodes" (names),
// "baseline.metrics-api" ("answers", or why not), "baseline.pending" (pods, or null), "baseline.overcommitted" (machines,
// or null).
import { z } from "zod";
import { messageOf } from "../base/errors.ts";
import { until } from "../base/until.ts";
import { readKubelet, type Reading } from "../lab/kubelet-metrics.ts";
import { listAll } from "../kube/list-pages.ts";
import { readRoom, type Room } from "../lab/room.ts";
import type { FactEvent } from "../timeline/events.ts";
import { growth, podMetrics, rounded, tellPods } from "./baseline-pods.ts";
import type { Session } from "./session.ts";
import { hold } from "./settle.ts";

const names = { nodeCpu: "node_cpu_usage_seconds_total", nodeMemory: "node_memory_working_set_bytes" };
const GiB = 2 ** 30;
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
      ...besideAllocatable("requested", each.requested, each.allocatable),
      ...besideAllocatable("limits", each.limits, each.allocatable),
      pods: each.requested.pods,
    });
  }
  await tellPods(session, before, after, fact);
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
  const wanted = [...Object.values(names), ...podMetrics];
  const looks = world.machines.map(async ({ node }) => {
    const readings = await until(() => readKubelet(world, node, "resource", wanted), {
      what: `the kubelet of ${node} to tell its usage`,
      timeoutMs: 30_000,
      intervalMs: 1000,
      signal,
    });
    return [node, readings] as const;
  });
  return new Map(await Promise.all(looks));
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

function besideAllocatable(
  what: string,
  { cpuCores, memoryBytes }: Room["limits"],
  allocatable: Room["allocatable"],
): Record<string, string> {
  const of = (part: number, whole: number) => `${String(rounded(part))} of ${String(rounded(whole))}`;
  return {
    [`CPU ${what} of allocatable`]: of(cpuCores, allocatable.cpuCores),
    [`memory ${what} of allocatable`]: `${of(memoryBytes / GiB, allocatable.memoryBytes / GiB)} GiB`,
  };
}
