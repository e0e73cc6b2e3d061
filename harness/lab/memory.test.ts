import { expect, test } from "vitest";
import { configzSchema, memoryOf, summarySchema } from "./memory.ts";

const MiB = 2 ** 20;
const object = (raw: unknown) => raw as never;

const summary = summarySchema.parse({
  node: {
    memory: { availableBytes: 20_000 * MiB, workingSetBytes: 300 * MiB },
    systemContainers: [
      { name: "kubelet", memory: {} },
      { name: "pods", memory: { availableBytes: 5000 * MiB, workingSetBytes: 1000 * MiB } },
    ],
  },
  pods: [
    { podRef: { namespace: "demo", name: "a" }, memory: { workingSetBytes: 10 * MiB } },
    { podRef: { namespace: "demo", name: "gone" }, memory: { workingSetBytes: 10 * MiB } },
  ],
});

function configz(evictionHard: Record<string, string>, more: object = {}) {
  return configzSchema.parse({ kubeletconfig: { evictionHard, ...more } });
}

const pods = [
  object({
    metadata: { namespace: "demo", name: "a" },
    spec: { containers: [{ resources: { requests: { memory: "16Mi" } } }] },
    status: { phase: "Running" },
  }),
  object({ metadata: { namespace: "demo", name: "over" }, spec: {}, status: { phase: "Failed" } }),
];

test("the nearer of both signals counts, with the threshold as the kubelet has it", () => {
  expect(memoryOf("w1", summary, configz({ "memory.available": "100Mi" }), pods)).toEqual({
    machine: "w1",
    freeBytes: 4900 * MiB,
    usedBytes: 1000 * MiB,
    signal: "allocatableMemory.available",
    thresholdBytes: { value: 100 * MiB, source: "kubelet of w1, evictionHard memory.available 100Mi" },
    transitionMs: { value: 300_000, source: "kubelet of w1, evictionPressureTransitionPeriod" },
    pods: [{ namespace: "demo", name: "a", usedBytes: 10 * MiB, requestedBytes: 16 * MiB }],
  });
});

test("what pods may take is no limit where the kubelet does not enforce it", () => {
  const set = configz({ "memory.available": "100Mi" }, { enforceNodeAllocatable: [] });
  expect(memoryOf("w1", summary, set, pods)).toMatchObject({
    freeBytes: 19_900 * MiB,
    signal: "memory.available",
  });
});

test("a share is one of the signal's own capacity", () => {
  const set = configz({ "memory.available": "5%" }, { evictionPressureTransitionPeriod: "30s" });
  expect(memoryOf("w1", summary, set, pods)).toMatchObject({
    freeBytes: 4700 * MiB,
    thresholdBytes: { value: 300 * MiB },
    transitionMs: { value: 30_000 },
  });
});

test.each([{}, { "memory.available": "0%" }, { "memory.available": "0" }])(
  "a kubelet that evicts nothing is named: %o",
  (evictionHard) => {
    expect(() => memoryOf("w1", summary, configz(evictionHard), pods)).toThrow(/w1 evicts nothing/);
  },
);
