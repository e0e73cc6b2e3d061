import { expect, test } from "vitest";
import { idleMs, idleShare, othersShare, programMs, userMs, type CpuTimes } from "./host-load.ts";

const at = (atMs: number, all: number, containers: number, own: number, idle = 0): CpuTimes => ({
  atMs,
  idle,
  all,
  containers,
  own,
});

test("what is neither the containers' nor our own is others'", () => {
  expect(othersShare(at(0, 0, 0, 0), at(1000, 1500, 800, 200), 2)).toBeCloseTo(0.25);
});

test("a container that ended takes its time along, which makes nobody's share negative or larger", () => {
  expect(othersShare(at(0, 0, 900, 0), at(1000, 100, 300, 100), 2)).toBe(0);
});

test("what nobody used is idle", () => {
  expect(idleShare(at(0, 0, 0, 0, 500), at(1000, 0, 0, 0, 600), 2)).toBeCloseTo(0.05);
});

test("the kernel's files are read in their own units", () => {
  expect(programMs("cpu  100 20 300 4000 0 0 0 0 0 0\ncpu0 50 10 1 1\n")).toBe(1200);
  expect(programMs("cpu  100 20 300 4000 7 8 9 30 0 0\n"), "stolen by a hypervisor").toBe(1500);
  expect(idleMs("cpu  100 20 300 4000 7 8 9 30 0 0\n")).toBe(40_070);
  expect(userMs("usage_usec 900000\nuser_usec 500000\nsystem_usec 400000\n")).toBe(500);
});
