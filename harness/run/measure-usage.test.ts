import { expect, test } from "vitest";
import { workingRateHz } from "./measure-usage.ts";

const pods = (count: number, cpuCores = 0.04) => ({
  seats: Array.from({ length: count }, (_, index) => ({ name: String(index), machine: "w1" })),
  requests: { cpuCores, memoryBytes: 0 },
  targetPercent: 70,
});

test("a request's cost is measured where the HPA will hold the pods", () => {
  // 0.9 × 0.04 × 0.7 = 0.0252 cores.
  expect(workingRateHz(pods(1), { idleCores: 0.0002, perRequest: 0.0004 })).toBe(62);
  expect(workingRateHz(pods(2), { idleCores: 0.0004, perRequest: 0.0004 })).toBe(125);
});

test("but not beyond the top of a ladder, and not without any request", () => {
  expect(workingRateHz(pods(1, 4), { idleCores: 0, perRequest: 0.0004 })).toBe(1000);
  expect(workingRateHz(pods(1), { idleCores: 0, perRequest: 0 })).toBe(1000);
  expect(workingRateHz(pods(1), { idleCores: 0.1, perRequest: 0.0004 })).toBe(1);
});
