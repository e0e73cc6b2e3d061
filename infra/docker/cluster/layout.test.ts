import { describe, expect, test } from "vitest";
import { checkName, etcdMachinesOf, nodesOf, planLayout, shapeOf, type LayoutOptions } from "./layout.ts";
import { overlaps } from "./subnets.ts";

const options: LayoutOptions = {
  name: "test",
  kubernetes: "v1.35.0",
  controlPlanes: 5,
  workers: 20,
  workerMemoryGiB: 6,
  etcdLayout: "stacked",
  etcdRuntime: "pod",
  subnet: "10.201.0.0/16",
};

describe("a planned lab", () => {
  const layout = planLayout(options);

  test("has unique names, addresses, pod ranges, machine ids and priorities", () => {
    for (const field of ["name", "container", "address", "podCidr", "machineId"] as const)
      expect(new Set(layout.machines.map((each) => each[field])).size).toBe(25);
    const priorities = layout.machines.flatMap((each) => each.vrrpPriority ?? []);
    expect(new Set(priorities).size).toBe(5);
  });

  test("has no priority 255, with which keepalived ignores the weight of checks", () => {
    expect(Math.max(...layout.machines.flatMap((each) => each.vrrpPriority ?? []))).toBeLessThan(255);
  });

  test("keeps machines, VIP, services and pods apart, all inside its one range", () => {
    const { network, machines, vip } = layout;
    const single = [network.gateway, vip.address, ...machines.map((each) => each.address)];
    for (const address of single) {
      expect(overlaps(address, network.subnet)).toBe(true);
      expect(overlaps(address, network.services)).toBe(false);
      expect(overlaps(address, network.pods)).toBe(false);
    }
    expect(new Set(single).size).toBe(single.length);
    expect(overlaps(network.services, network.pods)).toBe(false);
    expect(overlaps(network.dns, network.services)).toBe(true);
    for (const { podCidr } of machines) expect(overlaps(podCidr, network.pods)).toBe(true);
  });

  test("says its own shape", () => {
    expect(shapeOf(layout)).toEqual({
      etcdLayout: "stacked",
      etcdRuntime: "pod",
      controlPlanes: 5,
      workers: 20,
      workerMemoryGiB: 6,
    });
  });
});

test("etcd on machines of its own has as many of them as there are control planes, apart from all others", () => {
  const layout = planLayout({ ...options, etcdLayout: "external", etcdRuntime: "systemd" });
  expect(etcdMachinesOf(layout).map((each) => each.name)).toEqual([
    "etcd1",
    "etcd2",
    "etcd3",
    "etcd4",
    "etcd5",
  ]);
  for (const field of ["address", "podCidr"] as const)
    expect(new Set(layout.machines.map((each) => each[field])).size).toBe(30);
  expect(nodesOf(layout)).toHaveLength(25);
});

test("etcd on machines of its own is no pod", () => {
  expect(() => planLayout({ ...options, etcdLayout: "external" })).toThrow("there is no kubelet");
});

test.each([
  { controlPlanes: 2 },
  { controlPlanes: 0 },
  { workers: 0 },
  { workers: 21 },
  { workers: 1.5 },
  { workerMemoryGiB: 0.5 },
  { workerMemoryGiB: Number.NaN },
])("refuses %j", (wrong) => {
  expect(() => planLayout({ ...options, ...wrong })).toThrow(expect.objectContaining({ kind: "usage" }));
});

test.each(["a", "Lab", "lab_1", "-lab", "lab-", "1lab", "x".repeat(32), "a b", "../etc"])(
  "refuses the name %j",
  (name) => {
    expect(() => {
      checkName(name);
    }).toThrow(expect.objectContaining({ kind: "usage" }));
  },
);
