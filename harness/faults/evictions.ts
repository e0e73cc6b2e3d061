// Evicts pods by the Eviction API, which asks disruption budgets first: what a budget puts off is tried again until it
// may be evicted or patience is over, as `kubectl drain` does.
import { z } from "zod";
import { until } from "../base/until.ts";
import { ApiRefusal } from "../kube/clients.ts";
import type { World } from "../lab/world.ts";
import { nameOf, type DrainPod } from "./drain-decision.ts";

const requestLimitMs = 10_000;
const goneIntervalMs = 500;

export interface Eviction {
  /** "namespace/name". */
  pod: string;
  /** `gone`: evicted and away; `leaving`: evicted, still there at the end; `blocked`: never evicted. */
  outcome: "gone" | "leaving" | "blocked";
  /** How often it was put off. */
  putOff: number;
  /** Disruption budgets that apply to it, "namespace/name"; looked up only when it was put off. */
  budgets: string[];
  /** Until it was gone, or given up. */
  ms: number;
}

/** Evicts all at once; each is tried again every `retryMs`. @param patienceMs for all of it */
export async function evictAll(
  world: World,
  pods: readonly DrainPod[],
  { patienceMs, retryMs }: { patienceMs: number; retryMs: number },
  signal: AbortSignal,
): Promise<Eviction[]> {
  const end = performance.now() + patienceMs;
  const left = () => Math.max(1, end - performance.now());
  return Promise.all(
    pods.map(async (pod): Promise<Eviction> => {
      const begin = performance.now();
      let putOff = 0;
      const ask = async () => {
        const accepted = await evict(world, pod);
        if (!accepted) putOff += 1;
        return accepted;
      };
      const common = { what: `the eviction of ${nameOf(pod)}`, signal };
      const evicted = await inTime(until(ask, { ...common, timeoutMs: left(), intervalMs: retryMs }), signal);
      const gone =
        evicted &&
        (await inTime(
          until(() => isGone(world, pod), { ...common, timeoutMs: left(), intervalMs: goneIntervalMs }),
          signal,
        ));
      return {
        pod: nameOf(pod),
        outcome: gone ? "gone" : evicted ? "leaving" : "blocked",
        putOff,
        budgets: putOff === 0 ? [] : await budgetsOf(world, pod),
        ms: performance.now() - begin,
      };
    }),
  );
}

/** False when time ran out. @throws what aborted it */
async function inTime(waiting: Promise<boolean>, signal: AbortSignal): Promise<boolean> {
  try {
    return await waiting;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

/** Whether it is evicted now, or gone already; false: a disruption budget, or a busy API server, puts it off. */
async function evict(world: World, { metadata }: DrainPod): Promise<boolean> {
  const { name, namespace, uid } = metadata;
  try {
    await world.kube.main.raw("POST", `${pathOf(metadata)}/eviction`, {
      timeoutMs: requestLimitMs,
      body: {
        apiVersion: "policy/v1",
        kind: "Eviction",
        metadata: { name, namespace },
        deleteOptions: { preconditions: { uid } },
      },
      // 409: the name is another pod's by now.
      okStatus: [404, 409],
    });
    return true;
  } catch (error) {
    if (error instanceof ApiRefusal && error.status === 429) return false;
    throw error;
  }
}

async function isGone(world: World, { metadata }: DrainPod): Promise<boolean> {
  const found = await world.kube.main.raw("GET", pathOf(metadata), {
    timeoutMs: requestLimitMs,
    okStatus: [404],
  });
  const schema = z.object({ metadata: z.object({ uid: z.string() }) });
  return found === undefined || schema.parse(found).metadata.uid !== metadata.uid;
}

const budgetList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string() }),
      spec: z.object({ selector: z.unknown().optional() }),
    }),
  ),
});

/** The API server's refusal speaks of "the pod's disruption budget"; which one that is, its selector says. */
async function budgetsOf(world: World, pod: DrainPod): Promise<string[]> {
  const path = `/apis/policy/v1/namespaces/${encodeURIComponent(pod.metadata.namespace)}/poddisruptionbudgets`;
  const { items } = budgetList.parse(await world.kube.main.raw("GET", path, { timeoutMs: requestLimitMs }));
  return items
    .filter((each) => selects(each.spec.selector, pod.metadata.labels))
    .map((each) => `${each.metadata.namespace}/${each.metadata.name}`)
    .sort();
}

const selectorSchema = z.object({
  matchLabels: z.record(z.string(), z.string()).default({}),
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) }))
    .default([]),
});

/** Of policy/v1: no selector selects nothing, an empty one everything. */
export function selects(selector: unknown, labels: Record<string, string>): boolean {
  if (selector === undefined || selector === null) return false;
  const { matchLabels, matchExpressions } = selectorSchema.parse(selector);
  const matches = ({ key, operator, values }: (typeof matchExpressions)[number]) => {
    const value = labels[key];
    if (operator === "Exists") return value !== undefined;
    if (operator === "DoesNotExist") return value === undefined;
    const among = value !== undefined && values.includes(value);
    return operator === "In" ? among : !among;
  };
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(matches)
  );
}

function pathOf({ namespace, name }: DrainPod["metadata"]): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
}
