// A shop of somebody's own on the lab: a Deployment with a Service and an Ingress, and an HPA when it wants one.
import { until } from "../../harness/base/until.ts";
import type { World } from "../../harness/lab/world.ts";

export const namespace = "shop";
export const own = ["--selector", "app=shop", "--namespace", namespace];

export interface ShopSize {
  replicas: number;
  requests: { cpu: string; memory: string };
  limits: { cpu: string; memory: string };
}

/** Four small pods. */
export const usual: ShopSize = {
  replicas: 4,
  requests: { cpu: "40m", memory: "32Mi" },
  limits: { cpu: "160m", memory: "64Mi" },
};

/** One of them: as many as an HPA may want fit on the lab. */
export const small: ShopSize = { ...usual, replicas: 1 };

/** Makes it, with a way in through the ingress, and waits for its pods. */
export async function openShop(
  { kube, file }: World,
  { replicas, requests, limits }: ShopSize,
): Promise<void> {
  const { main } = kube;
  const apply = applyTo(main);
  const labels = { app: "shop" };
  const metadata = { name: "shop", labels };
  await apply("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  await apply(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 15,
          containers: [
            {
              name: "web",
              image: file.demo.image,
              imagePullPolicy: "IfNotPresent",
              args: ["netexec", "--http-port=8080"],
              resources: { requests, limits },
              ports: [{ name: "http", containerPort: 8080 }],
              readinessProbe: { httpGet: { path: "/healthz", port: "http" }, periodSeconds: 1 },
              lifecycle: { preStop: { sleep: { seconds: 5 } } },
            },
          ],
        },
      },
    },
  });
  await apply(`/api/v1/namespaces/${namespace}/services`, {
    apiVersion: "v1",
    kind: "Service",
    metadata,
    spec: { selector: labels, ports: [{ name: "http", port: 80, targetPort: "http" }] },
  });
  const backend = { service: { name: "shop", port: { name: "http" } } };
  await apply(`/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`, {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata,
    spec: {
      ingressClassName: file.ingress?.className,
      rules: [{ host: "shop.example", http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }],
    },
  });
  const ready = async () => {
    const { status } = await main.apps.readNamespacedDeployment({ name: "shop", namespace });
    return status?.readyReplicas === replicas;
  };
  await until(ready, { what: "the shop to be open", timeoutMs: 120_000, intervalMs: 500 });
}

/** Its Deployment's generation and the UIDs of its pods. */
export async function shop({ kube }: World): Promise<{ generation: number | undefined; pods: string[] }> {
  const { apps, core } = kube.main;
  const { metadata } = await apps.readNamespacedDeployment({ name: "shop", namespace });
  const { items } = await core.listNamespacedPod({ namespace, labelSelector: "app=shop" });
  const living = items.filter((each) => each.metadata?.deletionTimestamp === undefined);
  return { generation: metadata?.generation, pods: living.map((each) => each.metadata?.uid ?? "") };
}

export async function closeShop({ kube }: World): Promise<void> {
  await kube.main.raw("DELETE", `/api/v1/namespaces/${namespace}`, { timeoutMs: 10_000, okStatus: [404] });
  const gone = async () => {
    const { items } = await kube.main.core.listNamespace();
    return !items.some((each) => each.metadata?.name === namespace);
  };
  await until(gone, { what: "the shop to be closed", timeoutMs: 120_000, intervalMs: 1000 });
}

/** Lets the small one grow from as many pods as it has. */
export async function scaleShop({ kube }: World, maxReplicas: number): Promise<void> {
  await applyTo(kube.main)(`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`, {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "shop-size" },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "shop" },
      minReplicas: small.replicas,
      maxReplicas,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
        },
      ],
      behavior: { scaleDown: { stabilizationWindowSeconds: 30 } },
    },
  });
}

export function applyTo(main: World["kube"]["main"]) {
  return (
    collection: string,
    body: { metadata: { name: string } & Record<string, unknown> } & Record<string, unknown>,
  ) =>
    main.raw("PATCH", `${collection}/${body.metadata.name}?fieldManager=shop&force=true`, {
      timeoutMs: 10_000,
      contentType: "application/apply-patch+yaml",
      body,
    });
}
