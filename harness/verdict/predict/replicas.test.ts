import { describe, expect, test } from "vitest";
import { defaultScaleUp } from "../../lab/autoscaler.ts";
import { around, climbMs, missingReplicas, wantedReplicas } from "./replicas.ts";

const target = { requestCores: 0.1, percent: 70 };

test("replicas follow from usage, request and target", () => {
  expect(wantedReplicas(1, () => 0, target)).toBe(1);
  expect(wantedReplicas(1, () => 0.14, target)).toBe(2);
  expect(wantedReplicas(1, () => 0.141, target)).toBe(3);
  expect(wantedReplicas(4, () => 1.12, target)).toBe(16);
  expect(wantedReplicas(10, () => 0.07, target)).toBe(1);
});

test("within a tenth nothing changes", () => {
  expect(wantedReplicas(4, () => 0.28 * 1.09, target)).toBe(4);
  expect(wantedReplicas(4, () => 0.28 * 1.11, target)).toBe(5);
  expect(wantedReplicas(4, () => 0.28 * 0.91, target)).toBe(4);
});

test("pods that use something by themselves make it want more", () => {
  // Each new one brings 0.03 of the 0.07 that it may use: 0.4 ÷ (0.07 − 0.03).
  expect(wantedReplicas(4, (pods) => 0.4 + pods * 0.03, target)).toBeGreaterThanOrEqual(9);
  expect(wantedReplicas(4, (pods) => 0.4 + pods * 0.03, target)).toBeLessThanOrEqual(10);
  expect(wantedReplicas(4, (pods) => 0.4 + pods * 0.09, target)).toBe(Infinity);
});

describe("the way up", () => {
  const syncMs = 15_000;

  test("takes 4 pods or as many again in a period by default", () => {
    const seconds = (to: number) => climbMs(1, to, defaultScaleUp, syncMs) / 1000;
    // 1, 5, 10, 20, 40
    expect([1, 5, 6, 10, 21].map(seconds)).toEqual([0, 0, 15, 15, 45]);
  });

  test("takes what its own policies allow", () => {
    const one = { policies: [{ type: "Pods" as const, value: 1, periodMs: 60_000 }], select: "Max" as const };
    expect(climbMs(2, 5, one, syncMs)).toBe(120_000);
    expect(climbMs(2, 5, one, 30_000)).toBe(120_000);
    const careful = {
      policies: [
        { type: "Pods" as const, value: 10, periodMs: 15_000 },
        { type: "Percent" as const, value: 50, periodMs: 15_000 },
      ],
      select: "Min" as const,
    };
    // 4, 6, 9, 14
    expect(climbMs(4, 14, careful, syncMs)).toBe(30_000);
  });

  test("ends where the policies never lead there", () => {
    const never = {
      policies: [{ type: "Percent" as const, value: 0, periodMs: 15_000 }],
      select: "Max" as const,
    };
    expect(climbMs(2, 3, never, syncMs)).toBe(3_600_000);
  });
});

test("a prediction allows for requests that cost less or more than measured, and for one replica besides", () => {
  const one = { least: 1, likely: 1, most: 1 };
  const costing =
    (replicas: number) =>
    ({ costFactor }: { costFactor: number }) =>
      Math.max(1, Math.ceil(replicas * costFactor));
  expect(around(one, costing(1))).toEqual({ least: 1, likely: 1, most: 2 });
  expect(around(one, costing(10))).toEqual({ least: 5, likely: 10, most: 13 });
  expect(around({ least: 3, likely: 4, most: 5 }, costing(2))).toEqual({ least: 3, likely: 4, most: 5 });
  expect(around(one, () => Infinity)).toEqual({ least: Infinity, likely: Infinity, most: Infinity });
});

test("what pods use at rest is not counted again for every further pod where the least is looked for", () => {
  const one = { least: 1, likely: 4, most: 4 };
  expect(around(one, ({ restPerPod }) => (restPerPod ? 8 : 2))).toEqual({ least: 2, likely: 8, most: 9 });
});

test("what is missing follows from the usage that was seen", () => {
  expect(missingReplicas(7, 77, 70)).toBe(0);
  expect(missingReplicas(7, 78, 70)).toBe(1);
  expect(missingReplicas(2, 312, 70)).toBe(7);
  expect(missingReplicas(7, 20, 70)).toBe(0);
});
