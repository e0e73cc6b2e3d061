import { expect, test } from "vitest";
import { fitting, roomOf } from "./room.ts";

const object = (raw: unknown) => raw as never;
const GiB = 2 ** 30;

function node(name: string, spec: object = {}, ready = "True") {
  return object({
    metadata: { name },
    spec,
    status: {
      allocatable: { cpu: "2", memory: "6291456Ki", pods: "110" },
      conditions: [{ type: "Ready", status: ready }],
    },
  });
}

function pod(nodeName: string | undefined, requests: object, more: object = {}, phase = "Running") {
  return object({
    spec: { nodeName, containers: [{ resources: { requests } }], ...more },
    status: { phase },
  });
}

const machines = [
  { name: "w1", role: "worker" as const, node: "node-w1" },
  { name: "cp1", role: "control-plane" as const, node: "node-cp1" },
];

test("requests of what runs or is on its way out count, others do not", () => {
  const rooms = roomOf(
    machines,
    [
      node("node-w1"),
      node("node-cp1", { taints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }] }),
    ],
    [
      pod("node-w1", { cpu: "250m", memory: "1Gi" }),
      pod("node-w1", { cpu: "100m" }, { overhead: { memory: "128Mi" } }),
      pod(
        "node-w1",
        { memory: "512Mi" },
        { initContainers: [{ resources: { requests: { memory: "1Gi" } } }] },
      ),
      pod(
        "node-w1",
        { memory: "512Mi" },
        { initContainers: [{ restartPolicy: "Always", resources: { requests: { memory: "1Gi" } } }] },
      ),
      pod("node-w1", { memory: "5Gi" }, {}, "Succeeded"),
      pod(undefined, { memory: "5Gi" }),
    ],
  );
  expect(rooms.map(({ machine, open }) => [machine, open])).toEqual([
    ["w1", true],
    ["cp1", false],
  ]);
  expect(rooms[0]?.requested).toEqual({ cpuCores: 0.35, memoryBytes: 3.625 * GiB, pods: 4 });
});

test("limits add up where there are any; a runtime's overhead makes none", () => {
  const limited = (limits: Record<string, string>) => ({
    containers: [{ resources: { requests: { cpu: "10m" }, limits } }],
    overhead: { cpu: "250m", memory: "64Mi" },
  });
  const [room] = roomOf(
    machines,
    [node("node-w1")],
    [pod("node-w1", {}, limited({ cpu: "2" })), pod("node-w1", {}, limited({ cpu: "500m", memory: "1Gi" }))],
  );
  expect(room?.limits).toEqual({ cpuCores: 3, memoryBytes: 1.0625 * GiB });
});

test.each([
  ["memory", { cpuCores: 0.01, memoryBytes: 2.5 * GiB }, 2],
  ["cores", { cpuCores: 0.5, memoryBytes: 1 }, 4],
  ["places", { cpuCores: 0, memoryBytes: 0 }, 110],
  ["nothing at all", { cpuCores: 0, memoryBytes: 7 * GiB }, 0],
])("what fits is bounded by %s", (_, size, fits) => {
  const [room] = roomOf(machines, [node("node-w1")], []);
  expect(room === undefined ? null : fitting(room, size)).toBe(fits);
});

test.each([
  ["cordoned", node("node-w1", { unschedulable: true })],
  ["not Ready", node("node-w1", {}, "Unknown")],
  ["tainted", node("node-w1", { taints: [{ key: "mine", effect: "NoExecute" }] })],
])("nothing fits on a node that is %s", (_, object) => {
  const [room] = roomOf(machines, [object], []);
  expect(room === undefined ? null : fitting(room, { cpuCores: 0.1, memoryBytes: 1 })).toBe(0);
});
