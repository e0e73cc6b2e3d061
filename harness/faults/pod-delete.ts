// Deletes pods, as a drain, an eviction or an impatient operator does. Nothing is put back: whether something else
// replaces them is what a drill finds out.
import { z } from "zod";
import { inconclusiveError } from "../base/errors.ts";
import type { World } from "../lab/world.ts";
import type { Fault, FaultKind } from "./fault.ts";
import { named } from "./machines.ts";

const podArgs = z.strictObject({
  namespace: z.string().min(1),
  /** The UID tells a pod from a successor of the same name. */
  pods: z.array(z.strictObject({ name: z.string().min(1), uid: z.string().min(1) })).min(1),
  /** Seconds to end in after SIGTERM; null: the pod's own; 0: at once, without waiting for the kubelet. */
  gracePeriodSeconds: z.int().min(0).nullable(),
});
export type PodArgs = z.output<typeof podArgs>;

const requestLimitMs = 10_000;

export const podDelete: FaultKind<PodArgs> = {
  kind: "pod.delete",
  band: { label: "pod deleted", tone: "pod" },
  args: podArgs,
  requires: [],
  targets: (args) => args.pods.map((each) => each.name),
  title: (args) => `deletion of ${named(args.pods.map((each) => `${args.namespace}/${each.name}`))}`,
  async inject(world, args) {
    await Promise.all(
      args.pods.map(({ name, uid }) =>
        world.kube.main.raw("DELETE", pathOf(args.namespace, name), {
          timeoutMs: requestLimitMs,
          body: {
            apiVersion: "v1",
            kind: "DeleteOptions",
            preconditions: { uid },
            ...(args.gracePeriodSeconds === null ? {} : { gracePeriodSeconds: args.gracePeriodSeconds }),
          },
        }),
      ),
    );
  },
  async confirm(world, args) {
    const seen = await Promise.all(args.pods.map((each) => look(world, args.namespace, each)));
    return seen.join(", ");
  },
  heal: () => Promise.resolve(),
  byHand: () => [],
};

/** Pods by name and UID, deleted at once. */
export function deletePods(args: PodArgs): Fault {
  return { kind: podDelete.kind, args };
}

const podSchema = z.object({
  metadata: z.object({ uid: z.string(), deletionTimestamp: z.string().optional() }),
});

async function look(world: World, namespace: string, pod: PodArgs["pods"][number]): Promise<string> {
  const found = await world.kube.main.raw("GET", pathOf(namespace, pod.name), {
    timeoutMs: requestLimitMs,
    okStatus: [404],
  });
  if (found === undefined) return `${pod.name} is gone`;
  const { metadata } = podSchema.parse(found);
  if (metadata.uid !== pod.uid) return `${pod.name} is gone, another pod has its name`;
  if (metadata.deletionTimestamp !== undefined) return `${pod.name} is terminating`;
  throw inconclusiveError(`The pod ${namespace}/${pod.name} is still there and not being deleted.`);
}

function pathOf(namespace: string, name: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
}
