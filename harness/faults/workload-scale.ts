// Scales a Deployment, up beyond what fits or down to make room. Healed by the number that it had before.
import { z } from "zod";
import { inconclusiveError } from "../base/errors.ts";
import { until } from "../base/until.ts";
import type { World } from "../lab/world.ts";
import type { Fault, FaultKind } from "./fault.ts";

const args = z.strictObject({
  namespace: z.string().min(1),
  deployment: z.string().min(1),
  replicas: z.int().min(0),
  /** Before. */
  was: z.int().min(0),
});
export type ScaleArgs = z.output<typeof args>;

const requestLimitMs = 10_000;
const changeLimitMs = 30_000;

export const workloadScale: FaultKind<ScaleArgs> = {
  kind: "workload.scale",
  band: { label: "scaled", tone: "pod" },
  args,
  requires: [],
  needsApi: true,
  targets: ({ deployment }) => [deployment],
  title: ({ namespace, deployment, replicas, was }) =>
    `scaling of ${namespace}/${deployment} from ${String(was)} to ${String(replicas)}`,
  async inject(world, scale) {
    const found = await replicasOf(world, scale);
    if (found !== scale.was)
      throw inconclusiveError(
        `${scale.namespace}/${scale.deployment} has ${String(found)} replicas, not ${String(scale.was)}.`,
      );
    await setReplicas(world, scale, scale.replicas);
  },
  async confirm(world, scale) {
    const found = await replicasOf(world, scale);
    if (found !== scale.replicas)
      throw inconclusiveError(`${scale.namespace}/${scale.deployment} has ${String(found)} replicas.`);
    return `${scale.deployment} is to have ${String(found)} replicas`;
  },
  async heal(world, scale, signal) {
    await until(() => setReplicas(world, scale, scale.was).then(() => true), {
      what: `${scale.namespace}/${scale.deployment} to be scaled back`,
      timeoutMs: changeLimitMs,
      intervalMs: 500,
      signal,
    });
  },
  async confirmHealed(world, scale) {
    const found = await replicasOf(world, scale);
    if (found !== undefined && found !== scale.was)
      throw inconclusiveError(`${scale.namespace}/${scale.deployment} still has ${String(found)} replicas.`);
  },
  byHand: (_, { namespace, deployment, was }) => [
    `kubectl -n ${namespace} scale deployment ${deployment} --replicas=${String(was)}`,
  ],
};

export function scale(args: ScaleArgs): Fault {
  return { kind: workloadScale.kind, args };
}

/** undefined: it is gone, with its namespace for instance. */
async function replicasOf(world: World, scale: ScaleArgs): Promise<number | undefined> {
  const found = await world.kube.main.raw("GET", pathOf(scale), {
    timeoutMs: requestLimitMs,
    okStatus: [404],
  });
  const schema = z.object({ spec: z.object({ replicas: z.int().default(0) }).prefault({}) });
  return found === undefined ? undefined : schema.parse(found).spec.replicas;
}

async function setReplicas(world: World, scale: ScaleArgs, replicas: number): Promise<void> {
  await world.kube.main.raw("PATCH", pathOf(scale), {
    timeoutMs: requestLimitMs,
    body: { spec: { replicas } },
    contentType: "application/merge-patch+json",
    okStatus: [404],
  });
}

function pathOf({ namespace, deployment }: ScaleArgs): string {
  return `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments/${encodeURIComponent(deployment)}/scale`;
}
