// A web application of its own beside the demo, and one that an HPA scales. Plain data.
import { labelsOf } from "./extra-labels.ts";
import type { ScaledApp, WebApp } from "./extras.ts";
import { hostOf, ingressManifest, podSpec, type DemoOptions, type Manifest } from "./manifests.ts";

/** Deployment, Service and Ingress, all of its name. */
export function webAppManifests({ name, replicas, graceful }: WebApp, options: DemoOptions): Manifest[] {
  const { namespace, ingressClass } = options;
  const labels = labelsOf(name);
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

/** The web application with a size, and the HPA that says how many pods it has: the Deployment itself does not. */
export function scaledAppManifests(extra: ScaledApp, options: DemoOptions): Manifest[] {
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
      metadata: { name, labels: labelsOf(name) },
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
