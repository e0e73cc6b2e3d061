import { describe, expect, test } from "vitest";
import type { KubeClients } from "../kube/access.ts";
import type { World } from "../lab/world.ts";
import { readOwn } from "./own.ts";

const choice = { namespace: "shop", selector: "app=shop", path: null };

interface Objects {
  pods: Record<string, unknown>[];
  services?: Record<string, unknown>[];
  ingresses?: Record<string, unknown>[];
  /** Of the Deployment: metadata and status. */
  rollout?: object;
}

function pod(name: string, more: Record<string, unknown> = {}, spec: Record<string, unknown> = {}) {
  return {
    metadata: {
      name,
      labels: { app: "shop", tier: "front" },
      creationTimestamp: new Date("2026-01-01T10:00:00Z"),
      ownerReferences: [{ kind: "ReplicaSet", name: "shop-1", controller: true }],
      ...more,
    },
    spec: {
      terminationGracePeriodSeconds: 20,
      tolerations: [
        {
          key: "node.kubernetes.io/unreachable",
          operator: "Exists",
          effect: "NoExecute",
          tolerationSeconds: 60,
        },
      ],
      containers: [{ name: "web", ports: [{}], readinessProbe: {}, lifecycle: { preStop: {} } }],
      ...spec,
    },
    status: {
      conditions: [{ type: "Ready", status: "True", lastTransitionTime: new Date("2026-01-01T10:00:07Z") }],
    },
  };
}

/** A cluster of these objects; what is asked besides them fails the test. */
function cluster({ pods, services = [], ingresses = [], rollout = {} }: Objects): World {
  const main = {
    core: {
      listNamespacedPod: () => Promise.resolve({ items: pods }),
      listNamespacedService: () => Promise.resolve({ items: services }),
    },
    apps: {
      readNamespacedReplicaSet: ({ name }: { name: string }) =>
        Promise.resolve({
          metadata: {
            ownerReferences: [{ kind: "Deployment", name: name.replace(/-\d$/, ""), controller: true }],
          },
          spec: { replicas: 1 },
        }),
      readNamespacedDeployment: () => Promise.resolve({ spec: { replicas: 4 }, ...rollout }),
    },
    raw: () => Promise.resolve({ items: ingresses }),
  } as unknown as KubeClients;
  return { kube: { main } } as unknown as World;
}

const service = {
  metadata: { name: "front" },
  spec: { selector: { app: "shop" }, ports: [{ port: 80, nodePort: 30_080 }] },
};
const ingress = {
  spec: {
    rules: [
      { host: "shop.example", http: { paths: [{ path: "/cart", backend: { service: { name: "front" } } }] } },
    ],
  },
};

describe("a workload of one's own", () => {
  test("is read from its controller, its pods and what leads to them", async () => {
    const world = cluster({ pods: [pod("a"), pod("b")], services: [service], ingresses: [ingress] });
    expect(await readOwn(world, choice)).toMatchObject({
      title: "Deployment shop/shop (app=shop)",
      replicas: 4,
      tolerationMs: { value: 60_000 },
      terminationGraceMs: { value: 20_000 },
      podStartMs: { value: 8000 },
      readinessMs: { value: 10_000 },
      graceful: true,
      service: "front",
      way: { host: "shop.example", path: "/cart", nodePort: 30_080 },
    });
  });

  test("without an Ingress its node port is HTTP only when a path is given", async () => {
    const world = cluster({ pods: [pod("a")], services: [service] });
    expect(await readOwn(world, choice)).toMatchObject({ service: "front", way: null });
    expect(await readOwn(world, { ...choice, path: "/ok" })).toMatchObject({
      way: { host: null, path: "/ok", nodePort: 30_080 },
    });
  });

  test("a Service that selects only some of the pods is not theirs", async () => {
    const other = { ...service, spec: { ...service.spec, selector: { app: "shop", tier: "back" } } };
    expect(await readOwn(cluster({ pods: [pod("a")], services: [other] }), choice)).toMatchObject({
      service: null,
      way: null,
    });
  });

  test.each([
    ["nothing matches", [], /No pod in namespace shop matches app=shop/],
    ["a pod has no controller", [pod("a", { ownerReferences: [] })], /has no controller/],
    [
      "there are several controllers",
      [pod("a"), pod("b", { ownerReferences: [{ kind: "ReplicaSet", name: "cart-1", controller: true }] })],
      /several controllers: Deployment\/shop, Deployment\/cart/,
    ],
    [
      "they belong to a DaemonSet",
      [pod("a", { ownerReferences: [{ kind: "DaemonSet", name: "agent", controller: true }] })],
      /belong to the DaemonSet shop\/agent/,
    ],
    [
      "they tolerate a lost node for ever",
      [pod("a", {}, { tolerations: [{ operator: "Exists" }] })],
      /tolerate an unreachable node for ever/,
    ],
  ])("is refused in a sentence when %s", async (_, pods, sentence) => {
    await expect(readOwn(cluster({ pods }), choice)).rejects.toThrow(sentence);
  });

  test("is not drilled in the middle of a rollout", async () => {
    const rollout = {
      metadata: { generation: 3 },
      status: { observedGeneration: 3, replicas: 5, updatedReplicas: 1 },
    };
    await expect(readOwn(cluster({ pods: [pod("a")], rollout }), choice)).rejects.toThrow(
      "The Deployment shop/shop is being rolled out (1 of its 5 pods have its latest form)",
    );
  });
});
