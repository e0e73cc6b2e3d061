// The extras as Kubernetes objects. Plain data; nothing here talks to a cluster.
import type { Extra, MemoryUse, VolumeApp } from "./extras.ts";
import { mountingDeployment } from "./mounting.ts";
import {
  barePodManifest,
  demoName,
  hostOf,
  ingressManifest,
  podSpec,
  type DemoOptions,
  type Manifest,
} from "./manifests.ts";

const managed = { "app.kubernetes.io/managed-by": "kubedrill" };
const part = { "app.kubernetes.io/part-of": "kubedrill-extras" };
/** Pods of extras, which are no part of the demo workload; the bare pod is watched together with the workload. */
export const extrasSelector = "app.kubernetes.io/part-of=kubedrill-extras";

/**
 * In the order in which they are applied.
 * @param node where its pod should run; only a wish, so that a StatefulSet's pod can move when the node is lost
 */
export function extraManifests(extra: Extra, options: DemoOptions, node: string | null): Manifest[] {
  if (extra.kind === "web-app") return webAppManifests(extra, options);
  if (extra.kind === "scaled-app") return scaledAppManifests(extra, options);
  if (extra.kind === "volume-app") return volumeAppManifests(extra, options, node);
  return [singleManifest(extra, options, node)];
}

type WebApp = Extract<Extra, { kind: "web-app" }>;
type ScaledApp = Extract<Extra, { kind: "scaled-app" }>;

function singleManifest(
  extra: Exclude<Extra, WebApp | ScaledApp | VolumeApp>,
  options: DemoOptions,
  node: string | null,
): Manifest {
  const { namespace } = options;
  const apps = `/apis/apps/v1/namespaces/${namespace}`;
  const labels = { ...managed, ...part, app: extra.name };
  const controller = { selector: { matchLabels: { app: extra.name } } };
  const metadata = { name: extra.name, labels };
  switch (extra.kind) {
    case "bare-pod":
      return barePodManifest(options, extra.name, wish(node));
    case "memory-user":
      return {
        collection: `/api/v1/namespaces/${namespace}/pods`,
        body: {
          apiVersion: "v1",
          kind: "Pod",
          metadata,
          spec: { ...memorySpec(options, extra), ...wish(node) },
        },
      };
    case "stateful-set":
      return {
        collection: `${apps}/statefulsets`,
        body: {
          apiVersion: "apps/v1",
          kind: "StatefulSet",
          metadata,
          spec: {
            ...controller,
            replicas: 1,
            serviceName: extra.name,
            template: { metadata: { labels }, spec: { ...plainSpec(options), ...wish(node) } },
          },
        },
      };
    case "daemon-set":
      return {
        collection: `${apps}/daemonsets`,
        body: {
          apiVersion: "apps/v1",
          kind: "DaemonSet",
          metadata,
          // Its controller adds tolerations without an end of its own.
          spec: {
            ...controller,
            template: { metadata: { labels }, spec: plainSpec({ ...options, tolerationSeconds: null }) },
          },
        },
      };
    case "deployment":
      return {
        collection: `${apps}/deployments`,
        body: {
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata,
          spec: {
            ...controller,
            replicas: extra.replicas,
            template: { metadata: { labels }, spec: bigSpec(options, extra.memoryBytes) },
          },
        },
      };
    case "disruption-budget":
      return {
        collection: `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
        body: {
          apiVersion: "policy/v1",
          kind: "PodDisruptionBudget",
          metadata,
          spec: { maxUnavailable: extra.maxUnavailable, selector: { matchLabels: { app: demoName } } },
        },
      };
  }
}

/** Deployment, Service and Ingress, all of its name. */
function webAppManifests({ name, replicas, graceful }: WebApp, options: DemoOptions): Manifest[] {
  const { namespace, ingressClass } = options;
  const labels = { ...managed, ...part, app: name };
  const metadata = { name, labels };
  const deployment: Manifest = {
    collection: `/apis/apps/v1/namespaces/${namespace}/deployments`,
    body: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        replicas,
        revisionHistoryLimit: 1,
        // Never fewer pods than declared, and one more at a time: gentle with users and with small labs.
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels }, spec: workerSpec(name, { ...options, graceful }) },
      },
    },
  };
  const service: Manifest = {
    collection: `/api/v1/namespaces/${namespace}/services`,
    body: {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { selector: { app: name }, ports: [{ name: "http", port: 80, targetPort: "http" }] },
    },
  };
  const front =
    ingressClass === null
      ? []
      : [ingressManifest({ namespace, name, labels, host: hostOf(name), className: ingressClass })];
  return [deployment, service, ...front];
}

/** Cluster-wide, so not gone with the namespace: it has an entry of its own in the ledger. */
export function volumeName({ name }: Pick<VolumeApp, "name">, { namespace }: DemoOptions): string {
  return `${namespace}-${name}`;
}

/** On the machine; removed with the volume. */
export function volumePath({ name }: Pick<VolumeApp, "name">, { namespace }: DemoOptions): string {
  return `/var/lib/kubedrill/${namespace}-${name}`;
}

/** PersistentVolume, claim and Deployment. Null as node: to be removed, when it does not matter. */
function volumeAppManifests(extra: VolumeApp, options: DemoOptions, node: string | null): Manifest[] {
  const { namespace } = options;
  const { name } = extra;
  const labels = { ...managed, ...part, app: name };
  const size = { storage: "1Mi" };
  const here = { key: "kubernetes.io/hostname", operator: "In", values: [node ?? ""] };
  const volume: Manifest = {
    collection: "/api/v1/persistentvolumes",
    body: {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: volumeName(extra, options), labels },
      spec: {
        capacity: size,
        accessModes: ["ReadWriteOnce"],
        persistentVolumeReclaimPolicy: "Retain",
        storageClassName: "",
        claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name },
        hostPath: { path: volumePath(extra, options), type: "DirectoryOrCreate" },
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [here] }] } },
      },
    },
  };
  const claim: Manifest = {
    collection: `/api/v1/namespaces/${namespace}/persistentvolumeclaims`,
    body: {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name, labels },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "",
        volumeName: volumeName(extra, options),
        resources: { requests: size },
      },
    },
  };
  return [volume, claim, mountingDeployment({ namespace, name, labels, claim: name }, plainSpec(options))];
}

/** The web application with a size, and the HPA that says how many pods it has: the Deployment itself does not. */
function scaledAppManifests(extra: ScaledApp, options: DemoOptions): Manifest[] {
  const { name, requests, cpuLimitCores } = extra;
  const [deployment, ...front] = webAppManifests(
    { kind: "web-app", name, replicas: 1, graceful: true },
    options,
  );
  if (deployment === undefined) return front;
  const { replicas, template, ...spec } = deployment.body.spec as Record<string, unknown> & {
    template: { metadata: unknown; spec: { containers: Record<string, unknown>[] } };
  };
  const resources = {
    requests: { cpu: String(requests.cpuCores), memory: String(requests.memoryBytes) },
    limits: { cpu: String(cpuLimitCores), memory: String(requests.memoryBytes) },
  };
  const containers = template.spec.containers.map((each) => ({ ...each, resources }));
  const sized = { ...spec, template: { ...template, spec: { ...template.spec, containers } } };
  return [{ ...deployment, body: { ...deployment.body, spec: sized } }, ...front, autoscaler(extra, options)];
}

function autoscaler(extra: ScaledApp, { namespace }: DemoOptions): Manifest {
  const { name, targetPercent, maxReplicas, scaleDownSeconds } = extra;
  const utilization = (resource: string) => ({
    type: "Resource",
    resource: { name: resource, target: { type: "Utilization", averageUtilization: targetPercent } },
  });
  return {
    collection: `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
    body: {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name, labels: { ...managed, ...part, app: name } },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
        minReplicas: 1,
        maxReplicas,
        metrics: [utilization("cpu"), utilization("memory")],
        behavior: { scaleDown: { stabilizationWindowSeconds: scaleDownSeconds } },
      },
    },
  };
}

/** On workers only, whether or not the control planes of this cluster are tainted, and spread over them. */
function workerSpec(name: string, options: DemoOptions): Record<string, unknown> {
  const { topologySpreadConstraints, ...spec } = podSpec(options);
  const onWorkers = { key: "node-role.kubernetes.io/control-plane", operator: "DoesNotExist" };
  return {
    ...spec,
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [onWorkers] }],
        },
      },
    },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: { app: name } },
      },
    ],
  };
}

/** Neither spread like the demo, nor slow to stop. */
function plainSpec(options: DemoOptions): Record<string, unknown> {
  const { topologySpreadConstraints, ...spec } = podSpec({ ...options, graceful: false });
  return spec;
}

/** Asks for memory without using it, and only on machines that carry applications. */
function bigSpec(options: DemoOptions, memoryBytes: number): Record<string, unknown> {
  const { tolerations, containers, ...spec } = plainSpec(options);
  const resources = { requests: { cpu: "10m", memory: String(memoryBytes) } };
  const asked = (containers as Record<string, unknown>[]).map((each) => ({ ...each, resources }));
  return { ...spec, containers: asked };
}

/** Takes its memory at once and keeps it. */
function memorySpec(
  options: DemoOptions,
  { usesBytes, requestsBytes, limited }: MemoryUse,
): Record<string, unknown> {
  const { containers, ...spec } = plainSpec(options);
  const [web] = containers as Record<string, unknown>[];
  const requests = { cpu: "10m", memory: String(requestsBytes) };
  const resources = requestsBytes === null ? {} : { requests, ...(limited ? { limits: requests } : {}) };
  const args = [
    "stress",
    `--mem-total=${String(usesBytes)}`,
    "--mem-alloc-size=16Mi",
    "--mem-alloc-sleep=10ms",
  ];
  const { name, image, imagePullPolicy } = web ?? {};
  return { ...spec, containers: [{ name, image, imagePullPolicy, args, resources }] };
}

function wish(node: string | null): Record<string, unknown> {
  if (node === null) return {};
  const preference = { matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] };
  return {
    affinity: {
      nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference }] },
    },
  };
}
