// The extras as Kubernetes objects. Plain data; nothing here talks to a cluster.
import { bigSpec, memorySpec, plainSpec, wish } from "./extra-pods.ts";
import type { Extra, ScaledApp, VolumeApp, WebApp } from "./extras.ts";
import { labelsOf } from "./extra-labels.ts";
import { barePodManifest, demoName, type DemoOptions, type Manifest } from "./manifests.ts";
import { volumeAppManifests } from "./volume-manifests.ts";
import { scaledAppManifests, webAppManifests } from "./web-manifests.ts";

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

function singleManifest(
  extra: Exclude<Extra, WebApp | ScaledApp | VolumeApp>,
  options: DemoOptions,
  node: string | null,
): Manifest {
  const { namespace } = options;
  const apps = `/apis/apps/v1/namespaces/${namespace}`;
  const labels = labelsOf(extra.name);
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
