// Rolls a Deployment out anew without changing it, as `kubectl rollout restart` does: by an annotation of its pods'
// template. It needs no healing: the rollout comes to its end by itself, and what runs then is what ran before.
import { createHash } from "node:crypto";
import { z } from "zod";
import { inconclusiveError } from "../base/errors.ts";
import { until } from "../base/until.ts";
import { unfinishedRollout } from "../lab/rollout.ts";
import type { World } from "../lab/world.ts";
import type { Fault, FaultKind } from "./fault.ts";

const args = z.strictObject({
  namespace: z.string().min(1),
  deployment: z.string().min(1),
  /** UIDs of the pods that are to be replaced; they tell one restart from the next. */
  replaces: z.array(z.string().min(1)).min(1),
});
export type RestartArgs = z.output<typeof args>;

const requestLimitMs = 10_000;
/** How soon the Deployment's controller must have seen it. */
const begunLimitMs = 10_000;
const annotation = "kubedrill/restarted";

export const workloadRestart: FaultKind<RestartArgs> = {
  kind: "workload.restart",
  band: { label: "rollout", tone: "pod" },
  args,
  requires: [],
  targets: ({ deployment }) => [deployment],
  title: ({ namespace, deployment }) => `rollout restart of ${namespace}/${deployment}`,
  async inject(world, restart) {
    const found = await read(world, restart);
    const { replicas, readyReplicas } = found.status;
    const whole = [replicas, readyReplicas].every((each) => each === found.spec.replicas);
    // What is being rolled out already would end with pods of either rollout.
    if (unfinishedRollout(found) !== null || !whole)
      throw inconclusiveError(`${nameOf(restart)} is not at rest: its last rollout is not complete.`);
    await world.kube.main.raw("PATCH", pathOf(restart), {
      timeoutMs: requestLimitMs,
      body: { spec: { template: { metadata: { annotations: { [annotation]: stampOf(restart) } } } } },
      contentType: "application/merge-patch+json",
    });
  },
  async confirm(world, restart, signal) {
    const found = await read(world, restart);
    if (found.spec.template.metadata.annotations[annotation] !== stampOf(restart))
      throw inconclusiveError(`The pods' template of ${nameOf(restart)} has not been changed.`);
    await until(
      async () => {
        const { status, metadata } = await read(world, restart);
        return status.observedGeneration >= metadata.generation;
      },
      {
        what: `the rollout of ${nameOf(restart)} to begin`,
        timeoutMs: begunLimitMs,
        intervalMs: 200,
        signal,
      },
    );
    return `the rollout of ${restart.deployment} has begun`;
  },
  heal: () => Promise.resolve(),
  byHand: (_, { namespace, deployment }) => [
    `kubectl -n ${namespace} rollout status deployment ${deployment}`,
  ],
};

export function restart(args: RestartArgs): Fault {
  return { kind: workloadRestart.kind, args };
}

const deploymentSchema = z.object({
  metadata: z.object({ generation: z.int().default(0) }),
  spec: z.object({
    replicas: z.int().default(1),
    template: z.object({
      metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }).prefault({}),
    }),
  }),
  // Counts of zero are left out.
  status: z
    .object({
      observedGeneration: z.int().default(0),
      replicas: z.int().default(0),
      updatedReplicas: z.int().default(0),
      readyReplicas: z.int().default(0),
    })
    .prefault({}),
});

async function read(world: World, restart: RestartArgs): Promise<z.output<typeof deploymentSchema>> {
  return deploymentSchema.parse(
    await world.kube.main.raw("GET", pathOf(restart), { timeoutMs: requestLimitMs }),
  );
}

/** The same for the same pods, so that confirming looks for exactly what injecting wrote. */
function stampOf({ replaces }: RestartArgs): string {
  return createHash("sha256")
    .update([...replaces].sort().join("\n"))
    .digest("hex")
    .slice(0, 16);
}

function nameOf({ namespace, deployment }: RestartArgs): string {
  return `${namespace}/${deployment}`;
}

function pathOf({ namespace, deployment }: RestartArgs): string {
  return `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments/${encodeURIComponent(deployment)}`;
}
