// From Kubernetes objects to what a probe says of them. Pure; written so that half-filled objects do no harm.
import type {
  V1EndpointSlice,
  V1Node,
  V1NodeSpec,
  V1NodeStatus,
  V1ObjectMeta,
  V1Pod,
  V1PodSpec,
  V1PodStatus,
} from "@kubernetes/client-node";
import type { StateEvent } from "../timeline/events.ts";

type Values = Map<string, StateEvent["value"]>;
/** The machine of a node; a node of no known machine keeps its own name. */
type MachineOf = (node: string) => string;

/** What `nodeValues` reads: of thousands of nodes nothing else is kept. */
export interface BriefNode {
  metadata?: Pick<V1ObjectMeta, "name">;
  spec?: Pick<V1NodeSpec, "taints" | "unschedulable">;
  status?: Pick<V1NodeStatus, "conditions">;
}

/** What `podValues` reads. */
export interface BriefPod {
  metadata?: Pick<V1ObjectMeta, "name" | "uid" | "deletionTimestamp" | "labels" | "ownerReferences">;
  spec?: Pick<V1PodSpec, "nodeName">;
  status?: Pick<V1PodStatus, "phase" | "reason" | "conditions">;
}

export function briefNode({ metadata, spec, status }: V1Node): BriefNode {
  const telling = status?.conditions?.filter(({ type }) => type === "Ready" || type === "MemoryPressure");
  return {
    ...(metadata?.name === undefined ? {} : { metadata: { name: metadata.name } }),
    spec: {
      ...(spec?.taints === undefined ? {} : { taints: spec.taints }),
      ...(spec?.unschedulable === undefined ? {} : { unschedulable: spec.unschedulable }),
    },
    status: telling === undefined ? {} : { conditions: telling },
  };
}

export function briefPod({ metadata, spec, status }: V1Pod): BriefPod {
  const telling = status?.conditions?.filter(({ type }) => type === "Ready" || type === "PodScheduled");
  const app = metadata?.labels?.app;
  return {
    metadata: {
      ...(metadata?.name === undefined ? {} : { name: metadata.name }),
      ...(metadata?.uid === undefined ? {} : { uid: metadata.uid }),
      ...(metadata?.deletionTimestamp === undefined ? {} : { deletionTimestamp: metadata.deletionTimestamp }),
      ...(app === undefined ? {} : { labels: { app } }),
      ownerReferences: (metadata?.ownerReferences ?? []).filter((each) => each.controller === true),
    },
    ...(spec?.nodeName === undefined ? {} : { spec: { nodeName: spec.nodeName } }),
    status: {
      ...(status?.phase === undefined ? {} : { phase: status.phase }),
      ...(status?.reason === undefined ? {} : { reason: status.reason }),
      ...(telling === undefined ? {} : { conditions: telling }),
    },
  };
}

/**
 * Per node its Ready condition ("True", "False", "Unknown"); under "taint:<node>" the NoExecute taints of Kubernetes'
 * own that it carries ("unreachable", "not-ready", "out-of-service", joined by "+", or null); under "cordoned:<node>"
 * "cordoned" or null; under "memory-pressure:<node>" its condition, or null; "ready-count".
 */
export function nodeValues(nodes: readonly BriefNode[]): Values {
  const values: Values = new Map();
  for (const node of nodes) {
    const name = node.metadata?.name ?? "";
    values.set(name, readyCondition(node));
    values.set(`taint:${name}`, evictingTaints(node));
    values.set(`cordoned:${name}`, node.spec?.unschedulable === true ? "cordoned" : null);
    values.set(`memory-pressure:${name}`, conditionOf(node, "MemoryPressure") ?? null);
  }
  values.set("ready-count", nodes.filter((node) => readyCondition(node) === "True").length);
  return values;
}

/**
 * Per pod, under "pod:<name>", "<word>@<machine>" with the word ready, not-ready, starting, terminating, done or
 * failed, its UID under "uid:<name>", and of one that has failed under "failed-for:<name>" why ("Evicted"); "ready": pods of a controller that are Ready and not on their way out, as the
 * API says; "on:<machine>" the same per machine, "ready:<app>" per label `app`; "terminating": pods on their way out;
 * "unschedulable": pods for which the scheduler finds no node, and under "unschedulable-for" what it says they lack.
 */
export function podValues(
  pods: readonly BriefPod[],
  machines: readonly string[],
  machineOf: MachineOf,
): Values {
  const values: Values = new Map(machines.map((machine) => [`on:${machine}`, 0]));
  const count = (subject: string) => values.set(subject, Number(values.get(subject) ?? 0) + 1);
  values.set("ready", 0).set("terminating", 0).set("unschedulable", 0);
  const reasons = new Set<string>();
  for (const pod of pods) {
    const machine = pod.spec?.nodeName === undefined ? undefined : machineOf(pod.spec.nodeName);
    const word = podWord(pod);
    const name = pod.metadata?.name ?? "";
    values.set(`pod:${name}`, machine === undefined ? word : `${word}@${machine}`);
    values.set(`uid:${name}`, pod.metadata?.uid ?? null);
    if (word === "failed") values.set(`failed-for:${name}`, pod.status?.reason ?? "unknown");
    if (word === "terminating") count("terminating");
    for (const reason of machine === undefined ? refusals(pod) : []) reasons.add(reason);
    if (machine === undefined && isUnschedulable(pod)) count("unschedulable");
    const app = pod.metadata?.labels?.app;
    if (isControlled(pod) && app !== undefined && !values.has(`ready:${app}`)) values.set(`ready:${app}`, 0);
    if (word !== "ready" || !isControlled(pod)) continue;
    count("ready");
    if (app !== undefined) count(`ready:${app}`);
    if (machine !== undefined) count(`on:${machine}`);
  }
  return values.set("unschedulable-for", reasons.size === 0 ? null : [...reasons].sort().join(" + "));
}

/** "ready": endpoints of a service that are ready; "on:<machine>" the same per machine. */
export function endpointValues(
  slices: readonly V1EndpointSlice[],
  machines: readonly string[],
  machineOf: MachineOf,
): Values {
  const values: Values = new Map(machines.map((machine) => [`on:${machine}`, 0]));
  // By address: an endpoint may be in two slices for a moment.
  const ready = new Map<string, string | undefined>();
  for (const endpoint of slices.flatMap((slice) => slice.endpoints ?? []))
    if (endpoint.conditions?.ready !== false)
      for (const address of endpoint.addresses) ready.set(address, endpoint.nodeName);
  for (const node of ready.values()) {
    if (node === undefined) continue;
    const subject = `on:${machineOf(node)}`;
    values.set(subject, Number(values.get(subject) ?? 0) + 1);
  }
  return values.set("ready", ready.size);
}

function readyCondition(node: BriefNode): string {
  return conditionOf(node, "Ready") ?? "Unknown";
}

function conditionOf(node: BriefNode, type: string): string | undefined {
  return node.status?.conditions?.find((each) => each.type === type)?.status;
}

function evictingTaints(node: BriefNode): string | null {
  const keys = (node.spec?.taints ?? [])
    .filter((each) => each.effect === "NoExecute" && each.key.startsWith("node.kubernetes.io/"))
    .map((each) => each.key.slice("node.kubernetes.io/".length));
  return keys.length === 0 ? null : keys.sort().join("+");
}

function scheduled(pod: BriefPod) {
  return pod.status?.conditions?.find((each) => each.type === "PodScheduled");
}

function isUnschedulable(pod: BriefPod): boolean {
  const condition = scheduled(pod);
  return condition?.status === "False" && condition.reason === "Unschedulable";
}

/**
 * What nodes lack, out of the scheduler's sentence "0/5 nodes are available: 2 Insufficient memory, 3 node(s) had
 * untolerated taint(s). …": only its resources, because taints say where a pod may not go, not what is missing.
 */
function refusals(pod: BriefPod): string[] {
  const message = isUnschedulable(pod) ? (scheduled(pod)?.message ?? "") : "";
  return [...message.matchAll(/\d+ (Insufficient [\w.\-/]+\w|Too many pods)/g)].map((each) => each[1] ?? "");
}

/** A pod without a controller is nobody's replica. */
function isControlled(pod: BriefPod): boolean {
  return pod.metadata?.ownerReferences?.some((each) => each.controller === true) ?? false;
}

function podWord(pod: BriefPod): string {
  if (pod.metadata?.deletionTimestamp !== undefined) return "terminating";
  if (pod.status?.phase === "Succeeded") return "done";
  if (pod.status?.phase === "Failed") return "failed";
  if (pod.status?.phase !== "Running") return "starting";
  return pod.status.conditions?.some((each) => each.type === "Ready" && each.status === "True") === true
    ? "ready"
    : "not-ready";
}
