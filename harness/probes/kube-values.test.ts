import { describe, expect, it } from "vitest";
import { briefNode, endpointValues, nodeValues } from "./kube-values.ts";
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

it("what is kept of a node says the same as the whole", () => {
  const node = object({
    metadata: { name: "w1", annotations: { long: "text" } },
    spec: { unschedulable: true, taints: [{ key: "node.kubernetes.io/not-ready", effect: "NoExecute" }] },
    status: { images: ["many"], conditions: [{ type: "MemoryPressure" }, { type: "Ready", status: "True" }] },
  });
  expect(nodeValues([briefNode(node)])).toEqual(nodeValues([node]));
  expect(JSON.stringify(briefNode(node))).not.toContain("many");
});
