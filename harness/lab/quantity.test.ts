import { expect, test } from "vitest";
import { quantityOf } from "./quantity.ts";

test.each([
  ["0", 0],
  ["2", 2],
  ["1.5", 1.5],
  ["250m", 0.25],
  ["100n", 1e-7],
  ["6291456Ki", 6442450944],
  ["1Gi", 1073741824],
  ["1G", 1e9],
  ["2e3", 2000],
  ["1E", 1e18],
])("%s is %d", (text, value) => {
  expect(quantityOf(text)).toBeCloseTo(value, 9);
});

test.each(["", "much", "1Zi", "1 Gi"])("%j is no quantity", (text) => {
  expect(quantityOf(text)).toBeNaN();
});
