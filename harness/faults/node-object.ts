// Reading and changing the Kubernetes object of a machine's node, for faults that are changes of it.
import { z } from "zod";
import { until } from "../base/until.ts";
import type { World } from "../lab/world.ts";

const requestLimitMs = 10_000;
const changeLimitMs = 30_000;

const taintSchema = z.looseObject({ key: z.string(), value: z.string().optional(), effect: z.string() });
export type Taint = z.output<typeof taintSchema>;

const nodeSchema = z.object({
  metadata: z.object({
    resourceVersion: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z
    .object({ taints: z.array(taintSchema).default([]), unschedulable: z.boolean().default(false) })
    .prefault({}),
});

export interface NodeObject {
  taints: Taint[];
  unschedulable: boolean;
  annotations: Record<string, string>;
}

/** What is given replaces what is there; annotations are merged, null removes one. */
export interface NodeChange {
  taints?: Taint[];
  unschedulable?: boolean;
  annotations?: Record<string, string | null>;
}

/** What the node of a machine is like; undefined: there is no such node. @throws KubedrillError when the API is away */
export async function readNode(world: World, machine: string): Promise<NodeObject | undefined> {
  const found = await world.kube.main.raw("GET", pathOf(world.machine(machine).node), {
    timeoutMs: requestLimitMs,
    okStatus: [404],
  });
  if (found === undefined) return undefined;
  const { metadata, spec } = nodeSchema.parse(found);
  return { ...spec, annotations: metadata.annotations };
}

/**
 * Changes a node by what it is now; nothing when `change` returns null or the node is not there. Tried again when
 * somebody else changes the node at the same moment, or the API is away for a while.
 * @throws KubedrillError (inconclusive) after 30 s
 */
export async function changeNode(
  world: World,
  machine: string,
  change: (node: NodeObject) => NodeChange | null,
  signal: AbortSignal,
): Promise<void> {
  const path = pathOf(world.machine(machine).node);
  await until(
    async () => {
      const found = await world.kube.main.raw("GET", path, { timeoutMs: requestLimitMs, okStatus: [404] });
      if (found === undefined) return true;
      const { metadata, spec } = nodeSchema.parse(found);
      const wanted = change({ ...spec, annotations: metadata.annotations });
      if (wanted === null) return true;
      const { annotations, ...changed } = wanted;
      await world.kube.main.raw("PATCH", path, {
        timeoutMs: requestLimitMs,
        // With the version that was read, so that what came in between is not overwritten.
        body: {
          metadata: { resourceVersion: metadata.resourceVersion, ...(annotations && { annotations }) },
          spec: changed,
        },
        contentType: "application/merge-patch+json",
      });
      return true;
    },
    { what: `the node of ${machine} to be changed`, timeoutMs: changeLimitMs, intervalMs: 500, signal },
  );
}

function pathOf(node: string): string {
  return `/api/v1/nodes/${encodeURIComponent(node)}`;
}
