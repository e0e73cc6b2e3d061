// From nodes and endpoints as the API has them to what a probe says of them. Pure; written so that half-filled objects do no harm.
import type {
  V1EndpointSlice,
  V1Node,
  V1NodeSpec,
  V1NodeStatus,
  V1ObjectMeta,
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
