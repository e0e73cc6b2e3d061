import { expect, it } from "vitest";
import { pathOf } from "./path.ts";

it("writes each point from the one before, without an error that adds up", () => {
  const points = [
    { x: 10, y: 0.1 + 0.2 },
    { x: 20, y: 0.3 },
    { x: 20, y: 1.5 },
    { x: 15, y: 1 },
    { x: 18, y: 2.1 },
  ];
  expect(pathOf(points)).toBe("M10 .3h10v1.2l-5-.5 3 1.1");
});

it("comes back to where it began after many steps", () => {
  const points = Array.from({ length: 1001 }, (_, index) => ({ x: index % 2, y: (index % 2) * 0.1 }));
  const steps = [...pathOf(points).matchAll(/(-?1)[ ]?(-?\.1)/g)];
  expect(steps).toHaveLength(1000);
  expect(steps.reduce((sum, step) => sum + Number(step[1]), 0)).toBe(0);
});
