import { describe, expect, it } from "vitest";
import { briefNode, briefPod, endpointValues, nodeValues, podValues } from "./kube-values.ts";
import { renewalGapMs } from "./leases.ts";

/** As the API's JSON has them: times are text there, whatever the client's types say. */
const object = (raw: unknown) => raw as never;
const machineOf = (node: string) => node.replace("node-", "");

it("nodes: Ready conditions, evicting taints, cordons and a count", () => {
  const node = (name: string, ready: string | undefined, taints: string[] = []) =>
    object({
      metadata: { name },
      spec: {
        taints: taints.map((key) => ({ key, effect: key.endsWith("plane") ? "NoSchedule" : "NoExecute" })),
        unschedulable: name === "w1" ? true : undefined,
      },
      status: ready === undefined ? undefined : { conditions: [{ type: "Ready", status: ready }] },
    });
  const values = nodeValues([
    node("cp1", "Unknown", ["node.kubernetes.io/unreachable", "node-role.kubernetes.io/control-plane"]),
    node("w1", "True"),
    node("new", undefined),
  ]);
  expect(Object.fromEntries(values)).toEqual({
    cp1: "Unknown",
    "taint:cp1": "unreachable",
    "cordoned:cp1": null,
    "memory-pressure:cp1": null,
    w1: "True",
    "taint:w1": null,
    "cordoned:w1": "cordoned",
    "memory-pressure:w1": null,
    new: "Unknown",
    "taint:new": null,
    "cordoned:new": null,
    "memory-pressure:new": null,
    "ready-count": 1,
  });
});

it("pods: a word and a machine for each, counts of those that serve", () => {
  const pod = (name: string, node: string | undefined, ready: boolean, extra: object = {}) =>
    object({
      metadata: {
        name,
        uid: `uid of ${name}`,
        labels: { app: "web" },
        ownerReferences: [{ kind: "ReplicaSet", controller: true }],
        ...extra,
      },
      spec: node === undefined ? {} : { nodeName: node },
      status:
        node === undefined
          ? { phase: "Pending" }
          : { phase: "Running", conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
    });
  const values = podValues(
    [
      pod("a", "node-w1", true),
      pod("b", "node-w1", false),
      pod("c", "node-cp1", true, { deletionTimestamp: "2025-11-21T11:00:00Z" }),
      pod("d", undefined, false),
      pod("bare", "node-w1", true, { ownerReferences: undefined }),
      object({ metadata: { name: "e" }, spec: { nodeName: "node-w1" }, status: { phase: "Failed" } }),
    ],
    ["w1", "cp1"],
    machineOf,
  );
  expect(Object.fromEntries(values)).toEqual({
    "on:w1": 1,
    "on:cp1": 0,
    ready: 1,
    "ready:web": 1,
    terminating: 1,
    unschedulable: 0,
    "unschedulable-for": null,
    "uid:a": "uid of a",
    "uid:b": "uid of b",
    "uid:c": "uid of c",
    "uid:d": "uid of d",
    "uid:bare": "uid of bare",
    "uid:e": null,
    "pod:a": "ready@w1",
    "pod:b": "not-ready@w1",
    "pod:c": "terminating@cp1",
    "pod:d": "starting",
    "pod:bare": "ready@w1",
    "failed-for:e": "unknown",
    "pod:e": "failed@w1",
  });
});

it("pods that fit nowhere are counted, with what the scheduler says is missing", () => {
  const pending = (name: string, reason: string, message: string) =>
    object({
      metadata: { name, labels: { app: "big" }, ownerReferences: [{ kind: "ReplicaSet", controller: true }] },
      spec: {},
      status: {
        phase: "Pending",
        conditions: [{ type: "PodScheduled", status: "False", reason, message }],
      },
    });
  const values = podValues(
    [
      pending(
        "a",
        "Unschedulable",
        "0/5 nodes are available: 2 Insufficient memory, 3 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/5 nodes are available: 2 No preemption victims found for incoming pod.",
      ),
      pending("b", "Unschedulable", "0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory."),
      pending("c", "SchedulingGated", "1 Insufficient patience"),
    ],
    [],
    machineOf,
  );
  expect(values.get("unschedulable")).toBe(2);
  expect(values.get("unschedulable-for")).toBe("Insufficient cpu + Insufficient memory");
  expect(values.get("ready:big")).toBe(0);
});

it("endpoints: ready ones, each address once, per machine", () => {
  const slice = (...endpoints: [address: string, node: string, ready: boolean | undefined][]) =>
    object({
      endpoints: endpoints.map(([address, nodeName, ready]) => ({
        addresses: [address],
        nodeName,
        conditions: ready === undefined ? {} : { ready },
      })),
    });
  const slices = [
    slice(["10.1.0.1", "node-w1", true], ["10.1.0.2", "node-w1", false]),
    slice(["10.1.0.1", "node-w1", true], ["10.2.0.1", "node-cp1", undefined]),
    object({ endpoints: null }),
  ];
  expect(Object.fromEntries(endpointValues(slices, ["w1", "cp1"], machineOf))).toEqual({
    "on:w1": 1,
    "on:cp1": 1,
    ready: 2,
  });
});

describe("the gap between renewals of a lease", () => {
  const lease = (renewTime: string) => ({ renewTime });

  it("is taken from the node's own clock", () => {
    expect(renewalGapMs(lease("2025-11-21T11:00:00.500000Z"), lease("2025-11-21T11:00:10.750000Z"))).toBe(
      10_250,
    );
  });

  it("is nothing without a renewal before, and none when only something else changed", () => {
    expect(renewalGapMs(undefined, lease("2025-11-21T11:00:10Z"))).toBeUndefined();
    expect(renewalGapMs(lease("2025-11-21T11:00:10Z"), lease("2025-11-21T11:00:10Z"))).toBe(0);
  });
});

it("what is kept of an object says the same as the whole", () => {
  const pod = object({
    metadata: {
      name: "web-1",
      uid: "1",
      labels: { app: "web", more: "x" },
      annotations: { long: "text" },
      ownerReferences: [{ kind: "ReplicaSet", controller: true }, { kind: "Other" }],
    },
    spec: { nodeName: "node-w1", containers: [{ name: "web" }] },
    status: {
      phase: "Running",
      podIP: "10.0.0.1",
      conditions: [
        { type: "Ready", status: "True" },
        { type: "PodScheduled", status: "True" },
        { type: "Initialized", status: "True" },
      ],
    },
  });
  const node = object({
    metadata: { name: "w1", annotations: { long: "text" } },
    spec: { unschedulable: true, taints: [{ key: "node.kubernetes.io/not-ready", effect: "NoExecute" }] },
    status: { images: ["many"], conditions: [{ type: "MemoryPressure" }, { type: "Ready", status: "True" }] },
  });
  const left = object({ metadata: { name: "gone", deletionTimestamp: "2026-01-01T00:00:00Z" } });
  expect(podValues([briefPod(pod), briefPod(left)], ["w1"], machineOf)).toEqual(
    podValues([pod, left], ["w1"], machineOf),
  );
  expect(nodeValues([briefNode(node)])).toEqual(nodeValues([node]));
  expect(JSON.stringify(briefPod(pod))).not.toContain("long");
  expect(JSON.stringify(briefNode(node))).not.toContain("many");
});
