import { expect, test } from "vitest";
import { newHistogram, type Histogram } from "../load/engine/histogram.ts";
import { ByReplicas } from "./by-replicas.ts";

function second(failed: number, ...latenciesMs: number[]): [{ answered: number; failed: number }, Histogram] {
  const histogram = newHistogram();
  for (const ms of latenciesMs) histogram.recordValue(ms * 1000);
  return [{ answered: latenciesMs.length, failed }, histogram];
}

test("what users felt is put together by the number of Ready pods, fewest first", () => {
  const byReplicas = new ByReplicas();
  byReplicas.add(4, ...second(0, 10, 10));
  byReplicas.add(1, ...second(2, 100, 300));
  byReplicas.add(1, ...second(1, 200));
  const [one, four] = byReplicas.felt(3);
  expect(one).toMatchObject({ ready: 1, seconds: 2, answered: 3, failed: 3 });
  expect(one?.p50Ms).toBeCloseTo(200, 0);
  expect(one?.maxMs).toBeCloseTo(300, 0);
  expect(four).toMatchObject({ ready: 4, seconds: 1, answered: 2, failed: 0 });
  expect(four?.p99Ms).toBeCloseTo(10, 1);
});

test("where nothing was answered there is no latency", () => {
  const byReplicas = new ByReplicas();
  byReplicas.add(0, ...second(5));
  expect(byReplicas.felt(1)).toEqual([
    { ready: 0, seconds: 1, answered: 0, failed: 5, p50Ms: null, p99Ms: null, maxMs: null },
  ]);
});

test("a second that was broken off counts as the part that it was", () => {
  const byReplicas = new ByReplicas();
  byReplicas.add(1, ...second(0, 10));
  byReplicas.add(2, ...second(0, 10));
  byReplicas.add(2, ...second(0, 10));
  expect(byReplicas.felt(2.25).map(({ ready, seconds }) => [ready, seconds])).toEqual([
    [1, 1],
    [2, 1.25],
  ]);
});
