import { expect, test } from "vitest";
import { periodsUp, wantedReplicas } from "./replicas.ts";

const target = { requestCores: 0.1, percent: 70 };

test("replicas follow from usage, request and target", () => {
  expect(wantedReplicas(1, 0, target)).toBe(1);
  expect(wantedReplicas(1, 0.14, target)).toBe(2);
  expect(wantedReplicas(1, 0.141, target)).toBe(3);
  expect(wantedReplicas(4, 1.12, target)).toBe(16);
  expect(wantedReplicas(10, 0.07, target)).toBe(1);
});

test("within a tenth nothing changes", () => {
  expect(wantedReplicas(4, 0.28 * 1.09, target)).toBe(4);
  expect(wantedReplicas(4, 0.28 * 1.11, target)).toBe(5);
  expect(wantedReplicas(4, 0.28 * 0.91, target)).toBe(4);
});

test("the way up takes 4 pods or as many again in a period", () => {
  expect(periodsUp(1, 1)).toBe(0);
  expect(periodsUp(1, 5)).toBe(1);
  expect(periodsUp(1, 6)).toBe(2);
  expect(periodsUp(1, 10)).toBe(2);
  expect(periodsUp(1, 21)).toBe(4);
});
