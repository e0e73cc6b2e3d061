import { expect, it } from "vitest";
import { briefPod, podValues } from "./pod-values.ts";

/** As the API's JSON has them: times are text there, whatever the client's types say. */
const object = (raw: unknown) => raw as never;
const valuesOf = (pods: never[], machines: string[]) =>
  podValues(
    pods.map((pod) => briefPod(pod)),
    machines,
    (node) => node.replace("node-", ""),
  );

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
  const values = valuesOf(
    [
      pod("a", "node-w1", true),
      pod("b", "node-w1", false),
      pod("c", "node-cp1", true, { deletionTimestamp: "2025-11-21T11:00:00Z" }),
      pod("d", undefined, false),
      pod("bare", "node-w1", true, { ownerReferences: undefined }),
      object({ metadata: { name: "e" }, spec: { nodeName: "node-w1" }, status: { phase: "Failed" } }),
    ],
    ["w1", "cp1"],
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
  const values = valuesOf(
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
  );
  expect(values.get("unschedulable")).toBe(2);
  expect(values.get("unschedulable-for")).toBe("Insufficient cpu + Insufficient memory");
  expect(values.get("ready:big")).toBe(0);
});

it("of a pod only what is said of it is kept", () => {
  const pod = object({
    metadata: { name: "web-1", annotations: { long: "text" } },
    spec: { containers: [{ name: "web" }] },
    status: { podIP: "10.0.0.1", conditions: [{ type: "Initialized", status: "True" }] },
  });
  expect(briefPod(pod)).toEqual({
    name: "web-1",
    uid: null,
    word: "starting",
    failedFor: null,
    node: undefined,
    app: undefined,
    controlled: false,
    lacks: null,
  });
});
