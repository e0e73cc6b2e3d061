import { expect, test } from "vitest";
import { isSettled } from "./settled-memory.ts";

const extras = [
  { kind: "memory-user" as const, name: "hungry", memoryBytes: 1000 },
  { kind: "bare-pod" as const, name: "bare", memoryBytes: null },
];
const podsWith = (hungry: number) => [
  { namespace: "demo", name: "hungry", usedBytes: hungry, requestedBytes: 0 },
  { namespace: "demo", name: "web", usedBytes: 100, requestedBytes: 0 },
];

test("the pods must use what they should, and the kubelet's sum must have it", () => {
  expect(isSettled({ pods: podsWith(990), usedBytes: 1200 }, extras)).toBe(true);
  expect(isSettled({ pods: podsWith(300), usedBytes: 1200 }, extras)).toBe(false);
  expect(isSettled({ pods: podsWith(990), usedBytes: 400 }, extras)).toBe(false);
  expect(isSettled({ pods: [], usedBytes: 1200 }, extras)).toBe(false);
});
