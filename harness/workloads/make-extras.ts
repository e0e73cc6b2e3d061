// Extras on a cluster: made and waited for before a drill, changed in it, taken away after it. What stays behind goes
// with the demo's namespace.
import type { V1Pod } from "@kubernetes/client-node";
import { inconclusiveError } from "../base/errors.ts";
import { until } from "../base/until.ts";
import { isRolledOut } from "../lab/rollout.ts";
import type { World } from "../lab/world.ts";
import { apply, remove } from "./apply.ts";
import { extraManifests } from "./extra-manifests.ts";
import type { Extra } from "./extras.ts";
import type { DemoOptions } from "./manifests.ts";

export interface ExtraPod {
  name: string;
  uid: string;
  /** Machine; null: on none of the lab's. */
  machine: string | null;
}

/** An extra as it stands on the cluster. */
export interface MadeExtra {
  kind: Extra["kind"];
  name: string;
  pods: ExtraPod[];
  /** What each of its pods asks for, where the drill has said it. */
  memoryBytes: number | null;
}

const readyLimitMs = 120_000;
const goneLimitMs = 60_000;

/**
 * Makes (or brings back to its declared form) each extra and waits until it is as declared.
 * @param machineOf from the word in `on` to the name of a machine
 * @throws KubedrillError (inconclusive) when one does not come up, or not where it should
 */
export async function makeExtras(
  world: World,
  options: DemoOptions,
  extras: readonly Extra[],
  machineOf: (word: string) => string,
  signal?: AbortSignal,
): Promise<MadeExtra[]> {
  // A pod that is on its way out keeps its name: a new one could not be made.
  await noneLeaving(world, options.namespace, extras, signal);
  for (const extra of extras) {
    const on = "on" in extra ? machineOf(extra.on) : null;
    const node = on === null ? null : world.machine(on).node;
    for (const manifest of extraManifests(extra, options, node)) await apply(world.kube.main, manifest);
  }
  return Promise.all(
    extras.map(async (extra) => {
      const pods = await until(() => whole(world, options.namespace, extra), {
        what: `${extra.kind} ${options.namespace}/${extra.name} to be as declared`,
        timeoutMs: readyLimitMs,
        intervalMs: 500,
        signal,
      });
      const on = "on" in extra ? machineOf(extra.on) : null;
      const astray = on === null ? undefined : pods.find((each) => each.machine !== on);
      if (astray !== undefined)
        throw inconclusiveError(
          `The pod ${astray.name} should run on ${String(on)}, the scheduler put it on ${astray.machine ?? "another node"}.`,
          { hint: `see that ${String(on)} has room and no taint that keeps pods away` },
        );
      return { kind: extra.kind, name: extra.name, pods, memoryBytes: memoryOf(extra) };
    }),
  );
}

/** Takes extras away and waits until their pods have gone. @throws KubedrillError when the API or a pod does not */
export async function removeExtras(
  world: World,
  options: DemoOptions,
  extras: readonly Extra[],
  signal?: AbortSignal,
): Promise<void> {
  // The way in first, so that nobody is led to pods that are going.
  for (const manifest of extras.flatMap((extra) => extraManifests(extra, options, null)).reverse())
    await remove(world.kube.main, manifest);
  await until(
    async () =>
      (await Promise.all(extras.map((each) => podsOf(world, options.namespace, each)))).flat().length === 0,
    { what: "the pods of a drill's extras to be gone", timeoutMs: goneLimitMs, intervalMs: 500, signal },
  );
}

function placed(world: World, { metadata, spec }: V1Pod): ExtraPod {
  return {
    name: metadata?.name ?? "",
    uid: metadata?.uid ?? "",
    machine: world.machines.find(({ node }) => node === spec?.nodeName)?.name ?? null,
  };
}

/** What each pod of an extra asks for by the drill's word. */
export function memoryOf(extra: Extra): number | null {
  if (extra.kind === "scaled-app") return extra.requests.memoryBytes;
  if (extra.kind === "memory-user") return extra.usesBytes;
  return extra.kind === "deployment" ? extra.memoryBytes : null;
}

async function noneLeaving(
  world: World,
  namespace: string,
  extras: readonly Extra[],
  signal?: AbortSignal,
): Promise<void> {
  const leaving = async () => {
    const pods = await Promise.all(extras.map((each) => podsOf(world, namespace, each)));
    return pods.flat().some((each) => each.metadata?.deletionTimestamp !== undefined);
  };
  await until(async () => !(await leaving()), {
    what: "pods of earlier extras to be gone",
    timeoutMs: goneLimitMs,
    intervalMs: 500,
    signal,
  });
}

/** Its pods when all are Ready, or null. */
async function whole(world: World, namespace: string, extra: Extra): Promise<ExtraPod[] | null> {
  const wanted = await podsWanted(world, namespace, extra);
  if (wanted === null) return null;
  if (extra.kind === "disruption-budget") return [];
  const pods = await podsOf(world, namespace, extra);
  const ready = pods.filter(
    (each) =>
      each.metadata?.deletionTimestamp === undefined &&
      each.status?.conditions?.some((one) => one.type === "Ready" && one.status === "True") === true,
  );
  if (ready.length !== wanted || pods.length !== wanted) return null;
  return ready.map((each) => placed(world, each));
}

/** How many pods it should have; null while its controller is not done with its latest form. */
async function podsWanted(world: World, namespace: string, extra: Extra): Promise<number | null> {
  const { name } = extra;
  const { main } = world.kube;
  switch (extra.kind) {
    case "bare-pod":
    case "memory-user":
    case "stateful-set":
    case "volume-app":
      return 1;
    case "scaled-app":
      return (await isRolledOut(main, { name, namespace })) ? 1 : null;
    case "deployment":
    case "web-app":
      return (await isRolledOut(main, { name, namespace })) ? extra.replicas : null;
    case "daemon-set": {
      const { status, metadata } = await main.apps.readNamespacedDaemonSet({ name, namespace });
      if (status === undefined || status.observedGeneration !== metadata?.generation) return null;
      return status.desiredNumberScheduled > 0 ? status.desiredNumberScheduled : null;
    }
    case "disruption-budget": {
      // Until its controller has counted, the eviction of any pod is put off.
      const path = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/${name}`;
      const budget = (await main.raw("GET", path, { timeoutMs: 10_000 })) as {
        metadata?: { generation?: number };
        status?: { observedGeneration?: number; expectedPods?: number };
      };
      const seen = budget.status?.observedGeneration === budget.metadata?.generation;
      return seen && (budget.status?.expectedPods ?? 0) > 0 ? 0 : null;
    }
  }
}

async function podsOf(
  world: World,
  namespace: string,
  extra: Pick<Extra, "kind" | "name">,
): Promise<V1Pod[]> {
  if (extra.kind === "disruption-budget") return [];
  const labelSelector = `app=${extra.name},app.kubernetes.io/managed-by=kubedrill`;
  const list = await world.kube.main.core.listNamespacedPod({ namespace, labelSelector });
  return list.items;
}
