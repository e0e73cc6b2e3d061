import { expect, it } from "vitest";
import { WriteLog } from "./write-log.ts";

function log(): WriteLog {
  const made = new WriteLog();
  const ends = ["acknowledged", "acknowledged", "unknown", "refused", "acknowledged", undefined] as const;
  ends.forEach((end, index) => {
    const sequence = made.begin(index < 3 ? "a" : "b", index * 100);
    if (end !== undefined) made.end(sequence, end);
  });
  return made;
}

it("finds nothing lost when every acknowledged write is there", () => {
  const found = new Map([
    ["a", new Set([0, 1])],
    ["b", new Set([4])],
  ]);
  expect(log().audit(0, 1000, found)).toEqual({ attempted: 6, acknowledged: 3, unknown: 2, lost: [] });
});

it("names acknowledged writes that are gone, and no others", () => {
  const found = new Map([
    ["a", new Set([1, 2])],
    ["b", new Set<number>()],
  ]);
  expect(log().audit(0, 1000, found).lost).toEqual([0, 4]);
});

it("claims nothing of a block that could not be read", () => {
  expect(log().audit(0, 1000, new Map([["a", new Set([0, 1])]])).lost).toEqual([]);
});

it("looks only at the writes begun in the stretch", () => {
  expect(log().audit(100, 400, new Map())).toEqual({ attempted: 3, acknowledged: 1, unknown: 1, lost: [] });
  expect(log().blocks(100, 400)).toEqual(["a"]);
});
