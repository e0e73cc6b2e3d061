import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { freeOf, freeProcessors } from "./free-processors.ts";

test.each([
  ["nobody uses any", 600, 600, 2, 2],
  ["a lab at rest beside it", 408, 600, 2, 1],
  ["all are in use", 0, 600, 2, 1],
  ["a large host, a quarter in use", 7200, 9600, 32, 24],
  ["a system that tells nothing", 0, 0, 4, 4],
])("%s", (_, idleMs, allMs, processors, free) => {
  expect(freeOf(idleMs, allMs, processors)).toBe(free);
});

test("this host has one at least, and no more than there are", async () => {
  const free = await freeProcessors();
  expect(free).toBeGreaterThanOrEqual(1);
  expect(free).toBeLessThanOrEqual(availableParallelism());
});
