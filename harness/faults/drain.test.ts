// What a drain evicts and refuses, and how it waits for a disruption budget, against an API that keeps pods and counts.
import { describe, expect, it } from "vitest";
import { ApiRefusal } from "../kube/clients.ts";
import type { FactEvent } from "../timeline/events.ts";
import { decideDrain, podSchema, type DrainFlags } from "./drain-decision.ts";
import { selects } from "./evictions.ts";
import { drain, faultKind } from "./index.ts";
import { testWorld } from "./testing/world.ts";

const signal = new AbortController().signal;

interface Raw {
  name: string;
  namespace?: string;
  owner?: string;
  phase?: string;
  mirror?: boolean;
  emptyDir?: boolean;
  app?: string;
}

function rawPod({ name, namespace = "demo", owner, phase = "Running", mirror, emptyDir, app = "web" }: Raw) {
  return {
    metadata: {
      name,
      namespace,
      uid: `uid of ${name}`,
      labels: { app },
      ...(mirror === true && { annotations: { "kubernetes.io/config.mirror": "x" } }),
      ...(owner !== undefined && { ownerReferences: [{ kind: owner, controller: true }] }),
    },
    spec: { volumes: [{ name: "a", ...(emptyDir === true ? { emptyDir: {} } : { configMap: {} }) }] },
    status: { phase },
  };
}

describe("what a drain decides", () => {
  const flags: DrainFlags = { ignoreDaemonSets: false, forceIn: [], deleteEmptyDirData: false };
  const all: Raw[] = [
    { name: "web-1", owner: "ReplicaSet" },
    { name: "stateful-0", owner: "StatefulSet" },
    { name: "daemon-1", owner: "DaemonSet" },
    { name: "bare" },
    { name: "theirs", namespace: "other" },
    { name: "static", owner: "Node", mirror: true },
    { name: "job-1", phase: "Succeeded" },
    { name: "cache-1", owner: "ReplicaSet", emptyDir: true },
  ];
  const decide = (more: Partial<DrainFlags> = {}, pods = all) =>
    decideDrain(
      pods.map((each) => podSchema.parse(rawPod(each))),
      { ...flags, ...more },
    );

  it("refuses bare pods, DaemonSet pods and local data, by name", () => {
    expect(decide().refused).toEqual([
      { why: "pods of a DaemonSet", pods: ["demo/daemon-1"] },
      { why: "pods without a controller", pods: ["demo/bare", "other/theirs"] },
      { why: "pods with data in an emptyDir", pods: ["demo/cache-1"] },
    ]);
  });

  it("forces bare pods only in the namespaces that it was given", () => {
    const willing = { ignoreDaemonSets: true, forceIn: ["demo"], deleteEmptyDirData: true };
    expect(decide(willing).refused).toEqual([{ why: "pods without a controller", pods: ["other/theirs"] }]);
    const own = all.filter((each) => each.namespace === undefined);
    const { evict, refused } = decide(willing, own);
    expect(refused).toEqual([]);
    // Static pods have only their image here, and a DaemonSet would make its pod anew at once.
    expect(evict.map((each) => each.metadata.name)).toEqual([
      "web-1",
      "stateful-0",
      "bare",
      "job-1",
      "cache-1",
    ]);
  });

  it("finds nothing on an empty node", () => {
    expect(decide({}, [])).toEqual({ evict: [], refused: [] });
  });
});

describe("which budgets select a pod", () => {
  it.each([
    [{ matchLabels: { app: "web" } }, true],
    [{ matchLabels: { app: "db" } }, false],
    [{}, true],
    [undefined, false],
    [{ matchExpressions: [{ key: "app", operator: "In", values: ["db", "web"] }] }, true],
    [{ matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] }, false],
    [{ matchExpressions: [{ key: "tier", operator: "NotIn", values: ["web"] }] }, true],
    [{ matchExpressions: [{ key: "tier", operator: "Exists" }] }, false],
    [{ matchExpressions: [{ key: "tier", operator: "DoesNotExist" }] }, true],
  ])("%j: %s", (selector, expected) => {
    expect(selects(selector, { app: "web" })).toBe(expected);
  });
});

describe("a drain", () => {
  const willing = { ignoreDaemonSets: true, forceIn: ["demo"], patienceMs: 1500, retryMs: 100 };

  it("cordons, refuses by name and evicts nothing; healing uncordons, as often as it is asked", async () => {
    const lab = drainLab([{ name: "bare" }, { name: "web-1", owner: "ReplicaSet" }], () => true);
    const fault = drain("m1", { patienceMs: 1500, retryMs: 100 });
    const kind = faultKind(fault.kind);
    await expect(kind.confirm(lab.world, fault.args, signal)).rejects.toThrow(/not cordoned/);
    await kind.inject(lab.world, fault.args, signal, lab.say);
    expect(await kind.confirm(lab.world, fault.args, signal)).toContain("is cordoned");
    expect(lab.facts).toEqual({
      refused: ["demo/bare"],
      refusal: "pods without a controller: demo/bare",
      drained: false,
    });
    expect(lab.evictions()).toBe(0);
    await expect(kind.confirmHealed?.(lab.world, fault.args)).rejects.toThrow(/still cordoned/);
    await kind.heal(lab.world, fault.args, signal);
    await kind.heal(lab.world, fault.args, signal);
    await kind.confirmHealed?.(lab.world, fault.args);
    expect(lab.node.spec.unschedulable).toBe(false);
    expect(kind.title(fault.args)).toBe("drain of m1 without force");
  });

  it("tries again what a budget puts off, until it may be evicted", async () => {
    let asked = 0;
    const lab = drainLab([{ name: "web-1", owner: "ReplicaSet" }, { name: "bare" }], (name) => {
      if (name === "bare") return true;
      asked += 1;
      return asked > 2;
    });
    const fault = drain("m1", willing);
    await faultKind(fault.kind).inject(lab.world, fault.args, signal, lab.say);
    expect(lab.facts).toMatchObject({
      refused: [],
      refusal: null,
      planned: ["demo/bare", "demo/web-1"],
      evicted: ["demo/bare", "demo/web-1"],
      drained: true,
      "blocked-by": [],
      "put-off": 2,
    });
  });

  it("gives up when patience is over, and names the budget that was in the way", async () => {
    const lab = drainLab(
      [
        { name: "web-1", owner: "ReplicaSet" },
        { name: "db-1", owner: "ReplicaSet", app: "db" },
      ],
      (name) => name === "db-1",
    );
    const fault = drain("m1", willing);
    await faultKind(fault.kind).inject(lab.world, fault.args, signal, lab.say);
    expect(lab.facts).toMatchObject({
      evicted: ["demo/db-1"],
      drained: false,
      "blocked-by": ["demo/web-budget"],
    });
  });

  it("leaves a node alone that somebody else has cordoned, also when it heals", async () => {
    const lab = drainLab([], () => true);
    lab.node.spec.unschedulable = true;
    const fault = drain("m1", willing);
    const kind = faultKind(fault.kind);
    await expect(kind.inject(lab.world, fault.args, signal)).rejects.toThrow(/cordoned already/);
    await kind.heal(lab.world, fault.args, signal);
    expect(lab.node.spec.unschedulable).toBe(true);
  });

  it("stops waiting when it is interrupted", async () => {
    const lab = drainLab([{ name: "web-1", owner: "ReplicaSet" }], () => false);
    const fault = drain("m1", { ...willing, patienceMs: 60_000 });
    const limit = AbortSignal.timeout(300);
    await expect(faultKind(fault.kind).inject(lab.world, fault.args, limit)).rejects.toThrow(/timeout/i);
  });
});

/** A node m1 with pods; `allow` is the disruption budget's word on each eviction. */
function drainLab(pods: Raw[], allow: (name: string) => boolean) {
  const node = {
    metadata: { resourceVersion: "1", annotations: {} as Record<string, string | null> },
    spec: { unschedulable: false },
  };
  const there = new Map(pods.map((each) => [each.name, rawPod(each)]));
  const api = (method: string, path: string, body: unknown): unknown => {
    if (path === "/api/v1/nodes/m1") {
      if (method === "PATCH") {
        const patch = body as typeof node;
        Object.assign(node.spec, patch.spec);
        for (const [key, value] of Object.entries(patch.metadata.annotations))
          if (value === null) Reflect.deleteProperty(node.metadata.annotations, key);
          else node.metadata.annotations[key] = value;
      }
      return structuredClone(node);
    }
    if (path.startsWith("/api/v1/pods?")) return { items: [...there.values()] };
    if (path.endsWith("/poddisruptionbudgets"))
      return {
        items: [
          {
            metadata: { name: "web-budget", namespace: "demo" },
            spec: { selector: { matchLabels: { app: "web" } } },
          },
        ],
      };
    const name = path.split("/")[6] ?? "";
    if (!path.endsWith("/eviction")) return there.get(name);
    if (!allow(name))
      throw new ApiRefusal("test", method, path, { status: 429, headers: {}, body: Buffer.from("") });
    there.delete(name);
    return { status: "Success" };
  };
  const lab = testWorld({ m1: "running" }, { api });
  const facts: Record<string, FactEvent["value"]> = {};
  return {
    world: lab.world,
    node,
    facts,
    say: (name: string, value: FactEvent["value"]) => {
      if (name !== "longest-ms") facts[name] = value;
    },
    evictions: () => lab.requests.filter((each) => each.path.endsWith("/eviction")).length,
  };
}
