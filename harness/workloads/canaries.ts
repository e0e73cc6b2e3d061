// Objects by which a restore is recognised: some are made before the snapshot and then changed or deleted, some are made
// after it. Restored, the former are as they were and the latter are gone, down to the containers on the machines.
import { until } from "../base/until.ts";
import type { World } from "../lab/world.ts";
import { apply, pathOf, remove } from "./apply.ts";
import { canaryDeployment, managed, type DemoOptions, type Manifest } from "./manifests.ts";

export const canarySelector = "kubedrill.io/part=canary";
const labels = { ...managed, "kubedrill.io/part": "canary" };

/** Of the custom resource; outside of any namespace. */
const definitionName = "canaries.drills.kubedrill.io";
export const definitionPath = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definitionName}`;
export const definitionByHand = `kubectl delete crd ${definitionName}`;

/** Names of the Deployments whose pods are looked for on the machines. */
export const canaryPods = { before: "canary-before", later: "canary-later" } as const;

const readyLimitMs = 90_000;

/** What must be there before the snapshot. @throws KubedrillError (inconclusive) when it does not come up */
export async function plantCanaries(world: World, options: DemoOptions, signal: AbortSignal): Promise<void> {
  const kube = world.kube.main;
  await apply(kube, definition());
  await until(() => apply(kube, instance(options, "before")).then(() => true), {
    what: "the API to serve a new kind of object",
    timeoutMs: 30_000,
    signal,
  });
  for (const each of values(options, "before")) await apply(kube, each);
  await apply(kube, canaryDeployment(options, canaryPods.before));
  await onePodReady(world, options, canaryPods.before, signal);
}

/** What happens after the snapshot, and must not have happened once it is restored. @throws as `plantCanaries` */
export async function disturbCanaries(
  world: World,
  options: DemoOptions,
  signal: AbortSignal,
): Promise<void> {
  const kube = world.kube.main;
  for (const each of values(options, "after").filter(({ body }) => body.metadata.name !== kept))
    await apply(kube, each);
  await apply(kube, instance(options, "after"));
  await remove(kube, configMap(options, deleted, "before"));
  await remove(kube, canaryDeployment(options, canaryPods.before));
  await apply(kube, configMap(options, later, "after"));
  await apply(kube, canaryDeployment(options, canaryPods.later));
  await onePodReady(world, options, canaryPods.later, signal);
}

/** All but the kind, which has a ledger entry of its own. The namespace takes with it what cannot be removed now. */
export async function removeCanaries({ kube }: World, options: DemoOptions): Promise<void> {
  const deployments = Object.values(canaryPods).map((name) => canaryDeployment(options, name));
  const all = [...deployments, ...values(options, "before"), configMap(options, later, "")];
  for (const each of all) await remove(kube.main, each);
}

const kept = "canary-kept";
const deleted = "canary-deleted";
const later = "canary-later";

/** What must be read after the restore. */
export function restoredCanaries(): string[] {
  return [
    `ConfigMap ${kept}: before`,
    "ConfigMap canary-changed: before",
    `ConfigMap ${deleted}: before`,
    `ConfigMap ${later}: gone`,
    "Secret canary-secret: before",
    "Lease canary-lease: before",
    "Canary canary-instance: before",
    `Deployment ${canaryPods.before}: 1 Ready`,
    `Deployment ${canaryPods.later}: gone`,
  ];
}

/** As they are. @throws KubedrillError when one cannot be read */
export async function readCanaries({ kube }: World, options: DemoOptions): Promise<string[]> {
  const { main } = kube;
  const of = async (kind: string, manifest: Manifest, pick: (found: Found) => string) => {
    const found = await main.raw("GET", pathOf(manifest), { timeoutMs: 10_000, okStatus: [404] });
    return `${kind} ${manifest.body.metadata.name}: ${found === undefined ? "gone" : pick(found as Found)}`;
  };
  const value = (found: Found) => found.data?.value ?? "without a value";
  const deployment = (name: string) =>
    of(
      "Deployment",
      canaryDeployment(options, name),
      (found) => `${String(found.status?.readyReplicas ?? 0)} Ready`,
    );
  return Promise.all([
    of("ConfigMap", configMap(options, kept, ""), value),
    of("ConfigMap", configMap(options, "canary-changed", ""), value),
    of("ConfigMap", configMap(options, deleted, ""), value),
    of("ConfigMap", configMap(options, later, ""), value),
    of("Secret", secret(options, ""), (found) => Buffer.from(value(found), "base64").toString()),
    of("Lease", lease(options, ""), (found) => found.spec?.holderIdentity ?? "without a holder"),
    of("Canary", instance(options, ""), (found) => found.spec?.value ?? "without a value"),
    deployment(canaryPods.before),
    deployment(canaryPods.later),
  ]);
}

interface Found {
  data?: { value?: string };
  spec?: { holderIdentity?: string; value?: string };
  status?: { readyReplicas?: number };
}

/** @throws KubedrillError (inconclusive) when its one pod is not Ready in time */
export async function onePodReady(
  world: World,
  options: DemoOptions,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const { namespace } = options;
  await until(
    async () => {
      const { status } = await world.kube.main.apps.readNamespacedDeployment({ name, namespace });
      return status?.readyReplicas === 1;
    },
    { what: `the pod of ${name} to be Ready`, timeoutMs: readyLimitMs, intervalMs: 500, signal },
  );
}

function values(options: DemoOptions, value: string): Manifest[] {
  return [
    configMap(options, kept, value),
    configMap(options, "canary-changed", value),
    ...(value === "before" ? [configMap(options, deleted, value)] : []),
    secret(options, value),
    lease(options, value),
  ];
}

function configMap({ namespace }: DemoOptions, name: string, value: string): Manifest {
  return {
    collection: `/api/v1/namespaces/${namespace}/configmaps`,
    body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name, labels }, data: { value } },
  };
}

function secret({ namespace }: DemoOptions, value: string): Manifest {
  return {
    collection: `/api/v1/namespaces/${namespace}/secrets`,
    body: {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "canary-secret", labels },
      data: { value: Buffer.from(value).toString("base64") },
    },
  };
}

function lease({ namespace }: DemoOptions, value: string): Manifest {
  return {
    collection: `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`,
    body: {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name: "canary-lease", labels },
      spec: { holderIdentity: value },
    },
  };
}

function instance({ namespace }: DemoOptions, value: string): Manifest {
  return {
    collection: `/apis/drills.kubedrill.io/v1/namespaces/${namespace}/canaries`,
    body: {
      apiVersion: "drills.kubedrill.io/v1",
      kind: "Canary",
      metadata: { name: "canary-instance", labels },
      spec: { value },
    },
  };
}

function definition(): Manifest {
  const properties = { spec: { type: "object", properties: { value: { type: "string" } } } };
  return {
    collection: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    body: {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: definitionName, labels: managed },
      spec: {
        group: "drills.kubedrill.io",
        scope: "Namespaced",
        names: { plural: "canaries", singular: "canary", kind: "Canary" },
        versions: [
          {
            name: "v1",
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: "object", properties } },
          },
        ],
      },
    },
  };
}
