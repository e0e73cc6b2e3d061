import { expect, test } from "vitest";
import { usageBetween, whySlow, type Usage } from "./usage-look.ts";

const look = (value: number, atMs: number, periods: number, throttled: number) => ({
  machines: { w1: { value, atMs } },
  periods,
  throttled,
  lastEnds: {},
});
const room = [
  {
    machine: "w1",
    role: "worker" as const,
    open: true,
    allocatable: { cpuCores: 2, memoryBytes: 6e9, pods: 110 },
    requested: { cpuCores: 1, memoryBytes: 1e9, pods: 9 },
    limits: { cpuCores: 1, memoryBytes: 1e9 },
  },
];
const noPending = { ready: 4, pending: 0, lacking: null };

test("usage is what counters grew by, over the kubelet's own time", () => {
  expect(usageBetween(look(10, 0, 100, 10), look(14, 8000, 180, 50))).toEqual({
    cores: { w1: 0.5 },
    throttledShare: 0.5,
    oomKills: 0,
  });
});

test("without a second reading nothing is known", () => {
  expect(usageBetween(look(10, 5, 100, 10), look(10, 5, 100, 10))).toEqual({
    cores: {},
    throttledShare: null,
    oomKills: 0,
  });
});

test("what is slow is explained by what was seen", () => {
  const usage: Usage = { cores: { w1: 0.4 }, throttledShare: 0.6, oomKills: 0 };
  const slow = { first: 10, now: 80 };
  expect(whySlow({ first: 10, now: 29 }, usage, noPending, room)).toBeNull();
  expect(whySlow(slow, usage, noPending, room)).toContain("throttled in 60 % of their periods");
  expect(whySlow(slow, usage, noPending, room)).toContain("w1 uses 0.40 of 2 cores");
  const free = { ...usage, throttledShare: 0 };
  expect(whySlow(slow, { ...usage, oomKills: 2 }, noPending, room)).toContain(
    "killed 2 times for want of memory",
  );
  const pending = { ready: 4, pending: 3, lacking: "Insufficient memory" };
  expect(whySlow(slow, free, pending, room)).toContain("3 more wait for room (Insufficient memory)");
  expect(whySlow(slow, free, noPending, room)).toContain("in the ingress or on the way to it");
});
