import { expect, test } from "vitest";
import { SampleSeries } from "../timeline/series.ts";
import { areServed } from "./served.ts";

function series(...answers: boolean[]): SampleSeries {
  const made = new SampleSeries();
  for (const [index, ok] of answers.entries())
    made.add(index * 20, index * 20 + 5, ok, ok ? undefined : "http 404");
  return made;
}
const good = (count: number) => new Array<boolean>(count).fill(true);

test("a second without a failure is enough, whatever was before", () => {
  expect(areServed(series(...good(50)), 0, 50)).toBe(true);
  expect(areServed(series(false, false, ...good(50)), 0, 50)).toBe(true);
});

test("one that fails, too few, or those of an earlier load are not", () => {
  expect(areServed(series(...good(49)), 0, 50)).toBe(false);
  expect(areServed(series(...good(30), false, ...good(30)), 0, 50)).toBe(false);
  expect(areServed(series(...good(60)), 20 * 20, 50)).toBe(false);
  expect(areServed(undefined, 0, 50)).toBe(false);
});
