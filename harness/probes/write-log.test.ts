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

it("accounts for a restore by the revisions that writes were acknowledged with", () => {
  const made = new WriteLog();
  [10, 11, 12, 13].forEach((revision, index) => {
    made.end(made.begin("a", index * 100), "acknowledged", index * 100 + 50, revision);
  });
  made.end(made.begin("a", 400), "acknowledged", 450);
  made.end(made.begin("a", 500), "unknown");
  made.end(made.begin("b", 600), "acknowledged", 650, 14);
  made.end(made.begin("a", 900), "acknowledged", 950, 1_000_000_014);
  const found = new Map([["a", new Set([0, 3, 7])]]);
  expect(made.account(11, { from: 50, servedAt: 800 }, found)).toMatchObject({ upTo: 1, lostUpTo: 1 });
  expect(made.account(11, { from: 0, servedAt: 800 }, found)).toEqual({
    upTo: 2,
    lostUpTo: 1,
    after: 2,
    keptAfter: 1,
    // One without a revision, one in a block that was not read.
    unknown: 2,
    lastUpToAt: 150,
    lastAt: 350,
  });
});

it("takes an answer that came when the restored store was served for that one's, whenever its attempt began", () => {
  const made = new WriteLog();
  made.end(made.begin("a", 0), "acknowledged", 50, 10);
  // From before the fault: one that was answered while the old store was stopped, one that hung until the new one served.
  made.end(made.begin("a", 100), "acknowledged", 350, 12);
  made.end(made.begin("a", 200), "acknowledged", 900, 1_000_000_014);
  const found = new Map([["a", new Set([0, 2])]]);
  const account = made.account(11, { from: 0, servedAt: 800 }, found);
  expect(account).toMatchObject({ upTo: 1, lostUpTo: 0, after: 1, keptAfter: 0, lastAt: 350 });
});
