// The demo workload on a cluster: brought up in a namespace of its own, spread over every machine, taken away again.
import { until } from "../base/until.ts";
import { listAll, type KubeObject } from "../kube/list-pages.ts";
import { isRolledOut } from "../lab/rollout.ts";
import type { Subject } from "../lab/subject.ts";
import type { World } from "../lab/world.ts";
import { apply } from "./apply.ts";
import { demoManifests, demoName, type DemoOptions } from "./manifests.ts";
import { demoSubject } from "./subject.ts";

export interface DrillWorkload {
  /** Of the namespace in which drills make what they need; the demo's too, where it is what they look at. */
  options: DemoOptions;
  subject: Subject;
}

export interface DemoPod {
  name: string;
  uid: string;
  node: string | null;
  ready: boolean;
  terminating: boolean;
  /** From creation to Ready, by the API's clock (whole seconds); null while it is not Ready. */
  startMs: number | null;
}

/** The API's times are whole seconds, so a difference of two may be so much too short. */
const apiClockMs = 1000;
const rolloutLimitMs = 120_000;

/** Makes the namespace in which drills make what they need. */
export async function makeNamespace(world: World, options: DemoOptions): Promise<void> {
  await apply(world.kube.main, {
    collection: "/api/v1/namespaces",
    body: {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: options.namespace, labels: { "app.kubernetes.io/managed-by": "kubedrill" } },
    },
  });
}

/** Makes (or brings back to its declared form) the workload and waits until every replica is Ready. */
export async function deployDemo(world: World, options: DemoOptions, signal?: AbortSignal): Promise<Subject> {
  const kube = world.kube.main;
  for (const manifest of demoManifests(options)) await apply(kube, manifest);
  const started = Date.now();
  await demoReady(world, options, signal);
  const service = await kube.core.readNamespacedService({ name: demoName, namespace: options.namespace });
  const pods = await demoPods(world, options.namespace);
  const fresh = pods.flatMap((pod) => pod.startMs ?? []).filter((ms) => ms <= Date.now() - started + 1000);
  const subject = demoSubject(options, service.spec?.ports?.[0]?.nodePort ?? 0);
  // Only those that were rolled out together, just now, tell of the lab as it is.
  if (fresh.length !== options.replicas) return subject;
  const podStartMs = {
    value: Math.max(...fresh) + apiClockMs,
    source:
      "slowest of the demo's pods when they were rolled out together, + 1 s for the API's clock of whole seconds",
  };
  return { ...subject, podStartMs };
}

/** Waits until as many pods as declared are Ready, all of its latest form, and none is on its way out. */
async function demoReady(world: World, options: DemoOptions, signal?: AbortSignal): Promise<void> {
  const { namespace } = options;
  await until(
    async () => {
      if (!(await isRolledOut(world.kube.main, { name: demoName, namespace }))) return false;
      const pods = await demoPods(world, namespace);
      return pods.length === options.replicas && pods.every((pod) => pod.ready && !pod.terminating);
    },
    {
      what: `${String(options.replicas)} Ready pods of ${namespace}/${demoName}`,
      timeoutMs: rolloutLimitMs,
      intervalMs: 500,
      signal,
    },
  );
}

/**
 * Spreads the pods over all machines again when a machine has none or one has more than two above the fewest: after
 * an eviction nothing moves back by itself, and the next loss would hit nothing. Only as many pods are made anew as must
 * move; where the scheduler puts them back, all of them at once, so that it sees empty nodes.
 */
export async function spreadDemo(world: World, options: DemoOptions, signal?: AbortSignal): Promise<void> {
  const nodes = world.machines.map((each) => each.node);
  const uneven = async () => {
    const pods = await demoPods(world, options.namespace);
    return isEven(pods, nodes, options.replicas) ? null : pods;
  };
  const pods = await uneven();
  if (pods === null) return;
  await deletePodsNow(world, options.namespace, surplus(pods, nodes));
  await demoReady(world, options, signal);
  const still = await uneven();
  if (still === null) return;
  await deletePodsNow(world, options.namespace, still);
  await demoReady(world, options, signal);
}

/** As many as declared, all Ready, and spread so that every machine's loss hits some. Pure. */
export function isEven(pods: readonly DemoPod[], nodes: readonly string[], replicas: number): boolean {
  const counts = nodes.map((node) => pods.filter((pod) => pod.node === node).length);
  const even = Math.max(...counts) - Math.min(...counts) <= 2;
  return even && pods.length === replicas && pods.every((pod) => pod.ready);
}

/** The pods that are above the least even number per node, by name. Pure. */
export function surplus(pods: readonly DemoPod[], nodes: readonly string[]): DemoPod[] {
  const share = Math.floor(pods.length / nodes.length);
  const on = (node: string) =>
    pods.filter((pod) => pod.node === node).sort((a, b) => a.name.localeCompare(b.name));
  const missing = nodes.reduce((sum, node) => sum + Math.max(0, share - on(node).length), 0);
  const chosen: DemoPod[] = [];
  const left = new Map(nodes.map((node) => [node, on(node)]));
  while (chosen.length < missing) {
    const fullest = [...left.values()].sort((a, b) => b.length - a.length)[0];
    const pod = fullest?.pop();
    if (pod === undefined) break;
    chosen.push(pod);
  }
  return chosen;
}

async function deletePodsNow(world: World, namespace: string, pods: readonly DemoPod[]): Promise<void> {
  for (const { name, uid } of pods)
    await world.kube.main.raw("DELETE", `/api/v1/namespaces/${namespace}/pods/${name}`, {
      timeoutMs: 15_000,
      okStatus: [404, 409],
      body: { apiVersion: "v1", kind: "DeleteOptions", gracePeriodSeconds: 0, preconditions: { uid } },
    });
}

/** The replicas of what drills look at, as the API has them. */
export function subjectPods(
  world: World,
  { namespace, replicaSelector }: Pick<Subject, "namespace" | "replicaSelector">,
): Promise<DemoPod[]> {
  return podsBy(world, namespace, replicaSelector);
}

function demoPods(world: World, namespace: string): Promise<DemoPod[]> {
  return podsBy(world, namespace, `app=${demoName}`);
}

function podsBy(world: World, namespace: string, labelSelector: string): Promise<DemoPod[]> {
  return listAll(world.kube.main, `/api/v1/namespaces/${namespace}/pods`, { labelSelector }, podOf);
}

interface PodObject {
  metadata: { name: string; uid: string; creationTimestamp?: string; deletionTimestamp?: string };
  spec?: { nodeName?: string };
  status?: { conditions?: { type: string; status: string; lastTransitionTime?: string }[] };
}

function podOf(object: KubeObject): DemoPod {
  const { metadata, spec, status } = object as unknown as PodObject;
  const ready = status?.conditions?.find((each) => each.type === "Ready" && each.status === "True");
  const { creationTimestamp: created, deletionTimestamp } = metadata;
  const readyAt = ready?.lastTransitionTime;
  return {
    name: metadata.name,
    uid: metadata.uid,
    node: spec?.nodeName ?? null,
    ready: ready !== undefined,
    terminating: deletionTimestamp !== undefined,
    startMs:
      created === undefined || readyAt === undefined ? null : Date.parse(readyAt) - Date.parse(created),
  };
}
