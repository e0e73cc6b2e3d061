import { describe, expect, it } from "vitest";
import type { Subject } from "../lab/subject.ts";
import type { World } from "../lab/world.ts";
import { restingOwn, scaledExtra } from "./scaled.ts";

const subject: Subject = {
  kind: "own",
  title: "Deployment shop/web (app=web)",
  namespace: "shop",
  controller: { kind: "Deployment", name: "web" },
  replicaSelector: "app=web",
  watchSelector: "app=web",
  replicas: 2,
  tolerationMs: { value: 30_000, source: "a test" },
  terminationGraceMs: { value: 15_000, source: "a test" },
  graceful: true,
  podStartMs: null,
  readinessMs: null,
  service: "web",
  way: { host: "shop.example", path: "/", contains: "", nodePort: null },
};

const container = { resources: { requests: { cpu: "100m", memory: "1Gi" }, limits: { cpu: "400m" } } };

/** Pods on w1, and an HPA from two pods on. */
function worldOf(count: number, spec: Record<string, unknown> = {}): World {
  const pods = Array.from({ length: count }, (_, index) => ({
    metadata: { name: `web-${String(index)}` },
    spec: { nodeName: "w1", containers: [container], ...spec },
  }));
  const autoscaler = {
    metadata: { name: "size" },
    spec: {
      scaleTargetRef: { kind: "Deployment", name: "web" },
      minReplicas: 2,
      maxReplicas: 9,
      metrics: [{ type: "Resource", resource: { name: "cpu", target: { averageUtilization: 70 } } }],
    },
  };
  const main = {
    raw: () => Promise.resolve({ items: [autoscaler] }),
    core: { listNamespacedPod: () => Promise.resolve({ items: pods }) },
  };
  return { kube: { main }, machines: [{ name: "w1", node: "w1" }] } as unknown as World;
}

describe("a Deployment of the user's that an HPA scales", () => {
  it("is read with what its pods ask for and where they are", async () => {
    expect(await restingOwn(worldOf(2), subject)).toMatchObject({
      name: "size",
      deployment: "web",
      minReplicas: 2,
      standing: 2,
      requests: { cpuCores: 0.1, memoryBytes: 2 ** 30 },
      cpuLimitCores: 0.4,
      seats: [
        { name: "web-0", machine: "w1" },
        { name: "web-1", machine: "w1" },
      ],
      way: { host: "shop.example", path: "/" },
    });
  });

  it("without a limit may use whatever is there", async () => {
    const unlimited = worldOf(2, { containers: [{ resources: { requests: { cpu: "1" } } }] });
    expect((await restingOwn(unlimited, subject)).cpuLimitCores).toBe(Infinity);
  });

  it.each<[string, World, Subject]>([
    ["under load already", worldOf(5), subject],
    ["has no pod on a machine", worldOf(0), subject],
    ["ask for no CPU", worldOf(2, { containers: [{}] }), subject],
    ["may not run on every machine", worldOf(2, { nodeSelector: { disk: "fast" } }), subject],
    ["No Ingress leads to", worldOf(2), { ...subject, way: null }],
    ["is no Deployment", worldOf(2), { ...subject, controller: { kind: "ReplicaSet", name: "web" } }],
  ])("is refused in a sentence: %s", async (why, world, own) => {
    await expect(restingOwn(world, own)).rejects.toThrow(why);
  });
});

describe("a drill's own application", () => {
  it("is what the drill has declared, whatever its pods ask for", async () => {
    const scaling = {
      requests: { cpuCores: 0.04, memoryBytes: 7 },
      cpuLimitCores: 0.16,
      maxReplicas: 30,
      targetPercent: 70,
      scaleDownSeconds: 30,
    };
    const made = await scaledExtra(worldOf(1), "demo", { kind: "scaled-app", name: "web", ...scaling });
    expect(made).toMatchObject({ requests: scaling.requests, cpuLimitCores: 0.16, maxReplicas: 9 });
  });
});
