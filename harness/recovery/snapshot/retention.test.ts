import { expect, test } from "vitest";
import { superfluous } from "./retention.ts";

const at = (...times: string[]) => times.map((takenAt) => ({ takenAt }));
const deleted = (times: string[], keep: Parameters<typeof superfluous>[1]) =>
  superfluous(at(...times), keep).map((each) => each.takenAt);

test("the newest are kept, in whatever order they are given", () => {
  const times = ["2026-03-02T10:00:00Z", "2026-03-02T12:00:00Z", "2026-03-02T11:00:00Z"];
  expect(deleted(times, { last: 2, daily: 0, weekly: 0 })).toEqual(["2026-03-02T10:00:00Z"]);
  expect(deleted(times, { last: 5, daily: 0, weekly: 0 })).toEqual([]);
});

test("of a day the newest is kept; days without any do not count", () => {
  const times = [
    "2026-03-01T01:00:00Z",
    "2026-03-01T23:59:00Z",
    "2026-03-05T00:00:00Z",
    "2026-03-05T08:00:00Z",
  ];
  expect(deleted(times, { last: 0, daily: 2, weekly: 0 })).toEqual([
    "2026-03-01T01:00:00Z",
    "2026-03-05T00:00:00Z",
  ]);
});

test("weeks begin on Monday", () => {
  // 1 March 2026 is a Sunday.
  const times = ["2026-02-23T00:00:00Z", "2026-03-01T23:00:00Z", "2026-03-02T00:00:00Z"];
  expect(deleted(times, { last: 0, daily: 0, weekly: 2 })).toEqual(["2026-02-23T00:00:00Z"]);
});

test("what one rule keeps no other deletes", () => {
  const times = ["2026-01-05T00:00:00Z", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"];
  expect(deleted(times, { last: 1, daily: 1, weekly: 3 })).toEqual([]);
});
