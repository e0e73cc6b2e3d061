import { expect, test } from "vitest";
import { arrivals } from "./arrivals.ts";
import { sharesOf, type Arrival, type Share } from "./plan.ts";
import { testPlan } from "../testing/plan.ts";

const share = (index: number, of: number): Share => ({ connections: 1, maxRequests: null, index, of });
const open = (kind: "constant" | "poisson", seed = 7): Exclude<Arrival, { kind: "closed" }> => ({
  kind,
  rateHz: 1000,
  spin: false,
  seed,
});
const take = (next: () => number, count: number) => Array.from({ length: count }, next);

test("a constant rate has even distances, and several workers share its instants", () => {
  expect(take(arrivals(open("constant"), share(0, 1)), 4)).toEqual([0, 1000, 2000, 3000]);
  const all = [0, 1, 2].flatMap((index) => take(arrivals(open("constant"), share(index, 3)), 3));
  expect(all.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map((each) => each * 1000));
});

test("Poisson arrivals have the mean and the spread of their rate", () => {
  const count = 100_000;
  const due = take(arrivals(open("poisson"), share(0, 1)), count);
  const gaps = due.map((each, index) => each - (due[index - 1] ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / count;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / count);
  // The seed is fixed, so this is the same for ever; 1 % is three standard errors.
  expect(mean).toBeGreaterThan(990);
  expect(mean).toBeLessThan(1010);
  // Exponential: as wide as it is long.
  expect(deviation / mean).toBeCloseTo(1, 1);
});

test("Poisson workers together have the whole rate, and differ", () => {
  const untilUs = 20e6;
  const counts = [0, 1, 2, 3].map((index) => {
    const next = arrivals(open("poisson"), share(index, 4));
    let count = 0;
    while (next() < untilUs) count += 1;
    return count;
  });
  const sum = counts.reduce((total, count) => total + count, 0);
  expect(Math.abs(sum - 20_000)).toBeLessThan(4 * Math.sqrt(20_000));
  expect(new Set(counts).size).toBeGreaterThan(1);
});

test("the same seed gives the same instants", () => {
  const first = take(arrivals(open("poisson", 3), share(0, 1)), 10);
  expect(take(arrivals(open("poisson", 3), share(0, 1)), 10)).toEqual(first);
  expect(take(arrivals(open("poisson", 4), share(0, 1)), 10)).not.toEqual(first);
});

test("shares add up to the whole", () => {
  const shares = sharesOf(testPlan(1, { connections: 10, maxRequests: 101, workers: 4 }));
  expect(shares).toHaveLength(4);
  expect(shares.reduce((sum, each) => sum + each.connections, 0)).toBe(10);
  expect(shares.reduce((sum, each) => sum + (each.maxRequests ?? 0), 0)).toBe(101);
  expect(sharesOf(testPlan(1, { connections: 2, workers: 8 }))).toHaveLength(2);
});
