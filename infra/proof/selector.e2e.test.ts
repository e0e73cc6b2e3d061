// A workload of somebody's own, drilled by its labels: found, hit, judged, and otherwise left as it was.
import { expect } from "vitest";
import { until } from "../../harness/base/until.ts";
import type { World } from "../../harness/lab/world.ts";
import { expectFailure, makeQuota } from "./control.ts";
import { kubedrill, proofLab, runOn, test } from "./kubedrill.ts";

const namespace = "shop";
const replicas = 4;
const own = ["--selector", "app=shop", "--namespace", namespace];
const limitMs = 10 * 60_000;

test(
  "a Deployment of one's own is drilled by its labels, and nothing of it is changed",
  { timeout: limitMs },
  async ({ world }) => {
    try {
      await openShop(world);
      await drillShop(world);
    } finally {
      await closeShop(world);
    }
  },
);

async function drillShop(world: World): Promise<void> {
  const before = await shop(world);
  const green = await runOn("workloads/delete-pod", own);
  expect(green.exitCode, green.output).toBe(0);
  const ids = green.verdict.drills[0]?.expectations.map((each) => each.id);
  expect(ids).toContain("pod.replaced");
  expect(ids).toContain("requests.failed");
  const after = await shop(world);
  expect(after.generation).toBe(before.generation);
  expect(after.pods.filter((uid) => before.pods.includes(uid))).toHaveLength(replicas / 2);

  await makeQuota(world, namespace, replicas / 2);
  expectFailure(await runOn("workloads/delete-pod", own), ["pod.replaced"]);
}

test(
  "labels that nothing has are refused in a sentence, before anything is made",
  { timeout: limitMs },
  async () => {
    const nobody = await kubedrill([
      "run",
      "workloads/delete-pod",
      "--name",
      proofLab,
      "--selector",
      "app=nobody",
    ]);
    expect(nobody.exitCode, nobody.all).toBe(2);
    expect(nobody.all).toContain("No pod in namespace default matches app=nobody");
    const ladder = await kubedrill(["run", "ingress/ladder", "--name", proofLab, ...own]);
    expect(ladder.exitCode, ladder.all).toBe(2);
    expect(ladder.all).toContain("ingress/ladder cannot be run");
  },
);

async function openShop({ kube, file }: World): Promise<void> {
  const { main } = kube;
  const apply = (collection: string, body: { metadata: { name: string } } & Record<string, unknown>) =>
    main.raw("PATCH", `${collection}/${body.metadata.name}?fieldManager=shop&force=true`, {
      timeoutMs: 10_000,
      contentType: "application/apply-patch+yaml",
      body,
    });
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

async function shop({ kube }: World): Promise<{ generation: number | undefined; pods: string[] }> {
  const { apps, core } = kube.main;
  const { metadata } = await apps.readNamespacedDeployment({ name: "shop", namespace });
  const { items } = await core.listNamespacedPod({ namespace, labelSelector: "app=shop" });
  const living = items.filter((each) => each.metadata?.deletionTimestamp === undefined);
  return { generation: metadata?.generation, pods: living.map((each) => each.metadata?.uid ?? "") };
}

async function closeShop({ kube }: World): Promise<void> {
  await kube.main.raw("DELETE", `/api/v1/namespaces/${namespace}`, { timeoutMs: 10_000, okStatus: [404] });
  const gone = async () => {
    const { items } = await kube.main.core.listNamespace();
    return !items.some((each) => each.metadata?.name === namespace);
  };
  await until(gone, { what: "the shop to be closed", timeoutMs: 120_000, intervalMs: 1000 });
}
