import { expect, test } from "vitest";
import { encode, newHistogram, record } from "./histogram.ts";
import { ShortTimes } from "./short-times.ts";

test("what was counted by the microsecond is in a histogram as if it had been written there at once", () => {
  const times = [0, -1, 1, 1, 250, 2047, 2048, 2049, 16_383];
  const direct = newHistogram();
  for (const each of times) record(direct, each);
  const short = new ShortTimes();
  expect(times.map((each) => short.take(each))).toEqual(times.map(() => true));
  const [one, other] = [newHistogram(), newHistogram()];
  short.moveTo([one, other]);
  expect([encode(one), encode(other)]).toEqual([encode(direct), encode(direct)]);
});

test("is empty after it was moved, and leaves long times to the histogram", () => {
  const short = new ShortTimes();
  expect(short.take(16_384)).toBe(false);
  expect(short.take(7)).toBe(true);
  short.moveTo([]);
  const after = newHistogram();
  short.moveTo([after]);
  expect(after.totalCount).toBe(0);
});
