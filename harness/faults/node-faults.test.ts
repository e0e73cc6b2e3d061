// Faults that are changes of API objects, against an API that keeps objects and merges patches as the real one does.
import { expect, test } from "vitest";
import { faultKind, outOfService, restart, scale } from "./index.ts";
import { testWorld } from "./testing/world.ts";

const signal = new AbortController().signal;
const taint = { key: "node.kubernetes.io/out-of-service", value: "nodeshutdown", effect: "NoExecute" };
const foreign = { key: "somebody/else", effect: "NoSchedule", timeAdded: "2026-01-01T00:00:00Z" };

interface NodeObject {
  metadata: { resourceVersion: string };
  spec: Record<string, unknown>;
}

/** One node; a patch made from another version than the one that is there is refused, as by the API server. */
function nodeApi(node: NodeObject) {
  let version = 1;
  return (method: string, path: string, body: unknown): unknown => {
    if (path !== "/api/v1/nodes/m1") return undefined;
    node.metadata.resourceVersion = String(version);
    if (method !== "PATCH") return structuredClone(node);
    const patch = body as NodeObject;
    if (patch.metadata.resourceVersion !== node.metadata.resourceVersion) throw new Error("409 Conflict");
    Object.assign(node.spec, patch.spec);
    version += 1;
    return structuredClone(node);
  };
}

test("out of service: inject, confirm, heal, heal again; taints of others stay", async () => {
  const node = { metadata: { resourceVersion: "" }, spec: { taints: [foreign] as unknown[] } };
  const { world, requests } = testWorld({ m1: "off" }, { api: nodeApi(node) });
  const fault = outOfService("m1");
  const kind = faultKind(fault.kind);
  await expect(kind.confirm(world, fault.args, signal)).rejects.toThrow(/has no taint/);
  await kind.inject(world, fault.args, signal);
  await kind.inject(world, fault.args, signal);
  expect(node.spec.taints).toEqual([foreign, taint]);
  expect(await kind.confirm(world, fault.args, signal)).toContain("out-of-service=nodeshutdown:NoExecute");
  await expect(kind.confirmHealed?.(world, fault.args)).rejects.toThrow(/still has the taint/);
  await kind.heal(world, fault.args, signal);
  await kind.heal(world, fault.args, signal);
  await kind.confirmHealed?.(world, fault.args);
  expect(node.spec.taints).toEqual([foreign]);
  expect(requests.filter((each) => each.method === "PATCH")).toHaveLength(2);
  expect(kind.byHand(world, fault.args)).toEqual([
    "kubectl taint nodes m1 node.kubernetes.io/out-of-service:NoExecute-",
  ]);
  expect(kind.needsApi).toBe(true);
});

test("a machine that runs is not declared out of service, and nothing is touched then", async () => {
  const node = { metadata: { resourceVersion: "" }, spec: {} };
  const { world, requests } = testWorld({ m1: "running" }, { api: nodeApi(node) });
  const fault = outOfService("m1");
  await expect(faultKind(fault.kind).inject(world, fault.args, signal)).rejects.toThrow(/m1 is running/);
  expect(requests).toEqual([]);
});

test("a node that is gone needs no healing", async () => {
  const { world } = testWorld({ m1: "off" }, { api: () => undefined });
  const fault = outOfService("m1");
  const kind = faultKind(fault.kind);
  await kind.heal(world, fault.args, signal);
  await kind.confirmHealed?.(world, fault.args);
});

test("scale: inject, confirm, heal, heal again; another number than the one before is not touched", async () => {
  const deployment = { spec: { replicas: 2 } };
  const path = "/apis/apps/v1/namespaces/demo/deployments/big/scale";
  const api = (method: string, asked: string, body: unknown): unknown => {
    if (asked !== path) return undefined;
    if (method === "PATCH") Object.assign(deployment, body);
    return structuredClone(deployment);
  };
  const { world } = testWorld({ m1: "running" }, { api });
  const fault = scale({ namespace: "demo", deployment: "big", replicas: 5, was: 2 });
  const kind = faultKind(fault.kind);
  await expect(kind.confirm(world, fault.args, signal)).rejects.toThrow(/has 2 replicas/);
  await kind.inject(world, fault.args, signal);
  await expect(kind.inject(world, fault.args, signal)).rejects.toThrow(/has 5 replicas, not 2/);
  expect(await kind.confirm(world, fault.args, signal)).toContain("5 replicas");
  await expect(kind.confirmHealed?.(world, fault.args)).rejects.toThrow(/still has 5/);
  await kind.heal(world, fault.args, signal);
  await kind.heal(world, fault.args, signal);
  await kind.confirmHealed?.(world, fault.args);
  expect(deployment.spec.replicas).toBe(2);
  expect(kind.byHand(world, fault.args)).toEqual(["kubectl -n demo scale deployment big --replicas=2"]);
});

test("a Deployment that is gone needs no healing", async () => {
  const { world } = testWorld({ m1: "running" }, { api: () => undefined });
  const fault = scale({ namespace: "demo", deployment: "big", replicas: 5, was: 2 });
  const kind = faultKind(fault.kind);
  await kind.heal(world, fault.args, signal);
  await kind.confirmHealed?.(world, fault.args);
});

/** A Deployment whose controller sees a change `looks` looks after it was made. */
function deploymentApi(path: string, looks: number) {
  const deployment = {
    metadata: { generation: 3 },
    spec: { replicas: 2, template: { metadata: {} as { annotations?: Record<string, string> } } },
    status: { observedGeneration: 3, replicas: 2, updatedReplicas: 2, readyReplicas: 2 },
  };
  let unseen = 0;
  const api = (method: string, asked: string, body: unknown): unknown => {
    if (asked !== path) return undefined;
    if (method === "PATCH") {
      const patch = body as { spec: { template: { metadata: { annotations: Record<string, string> } } } };
      deployment.spec.template.metadata.annotations = patch.spec.template.metadata.annotations;
      deployment.metadata.generation += 1;
      unseen = looks;
    } else if (unseen > 0) unseen -= 1;
    else deployment.status.observedGeneration = deployment.metadata.generation;
    return structuredClone(deployment);
  };
  return { deployment, api };
}

test("rollout restart: only the template's annotation changes, confirmed when the controller has seen it", async () => {
  const { deployment, api } = deploymentApi("/apis/apps/v1/namespaces/demo/deployments/edge", 3);
  const { world, requests } = testWorld({ m1: "running" }, { api });
  const fault = restart({ namespace: "demo", deployment: "edge", replaces: ["uid-2", "uid-1"] });
  const kind = faultKind(fault.kind);
  await expect(kind.confirm(world, fault.args, signal)).rejects.toThrow(/has not been changed/);
  await kind.inject(world, fault.args, signal);
  expect(await kind.confirm(world, fault.args, signal)).toBe("the rollout of edge has begun");
  expect(deployment.status.observedGeneration).toBe(4);
  const [stamp] = Object.values(deployment.spec.template.metadata.annotations ?? {});
  expect(stamp).toMatch(/^[0-9a-f]{16}$/);
  await kind.heal(world, fault.args, signal);
  await kind.heal(world, fault.args, signal);
  await kind.confirmHealed?.(world, fault.args);
  expect(requests.filter((each) => each.method === "PATCH")).toHaveLength(1);
  expect(kind.byHand(world, fault.args)).toEqual(["kubectl -n demo rollout status deployment edge"]);
  expect(kind.title(fault.args)).toBe("rollout restart of demo/edge");
  const next = restart({ namespace: "demo", deployment: "edge", replaces: ["uid-3", "uid-4"] });
  await expect(kind.confirm(world, next.args, signal)).rejects.toThrow(/has not been changed/);
});

test("what is being rolled out is not restarted, and nothing is touched then", async () => {
  const { deployment, api } = deploymentApi("/apis/apps/v1/namespaces/demo/deployments/edge", 0);
  deployment.status.updatedReplicas = 1;
  const { world, requests } = testWorld({ m1: "running" }, { api });
  const fault = restart({ namespace: "demo", deployment: "edge", replaces: ["uid-1"] });
  const kind = faultKind(fault.kind);
  await expect(kind.inject(world, fault.args, signal)).rejects.toThrow(/demo\/edge is not at rest/);
  expect(requests.some((each) => each.method === "PATCH")).toBe(false);
});

test("a rollout that no controller sees is not confirmed", async () => {
  const { api } = deploymentApi("/apis/apps/v1/namespaces/demo/deployments/edge", 1_000_000);
  const { world } = testWorld({ m1: "running" }, { api });
  const fault = restart({ namespace: "demo", deployment: "edge", replaces: ["uid-1"] });
  const kind = faultKind(fault.kind);
  await kind.inject(world, fault.args, signal);
  await expect(kind.confirm(world, fault.args, AbortSignal.timeout(500))).rejects.toThrow();
});
