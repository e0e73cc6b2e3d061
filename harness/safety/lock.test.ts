import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { safetyDir } from "../base/paths.ts";
import { acquireRunLock, lockHolder } from "./lock.ts";
import { startHolder } from "./testing/child.ts";
import { ownStateFolder } from "./testing/state-folder.ts";

ownStateFolder();

test("one holder at a time per lab, named with pid, purpose and time", async () => {
  const lock = await acquireRunLock("lab", "run one");
  await expect(acquireRunLock("lab", "run two")).rejects.toThrow(
    new RegExp(`The lab lab is in use by process ${String(process.pid)} \\(run one\\) since 20\\d\\d-`),
  );
  (await acquireRunLock("other", "run two")).release();
  lock.release();
  lock.release();
  expect(lockHolder("lab")).toBeUndefined();
  (await acquireRunLock("lab", "run two")).release();
});

test("a living process of somebody else keeps its lock; killed with -9, it does not", async () => {
  const child = await startHolder({ phase: "before-open", lab: "lab", marker: "none" });
  onTestFinished(() => child.kill());
  await expect(acquireRunLock("lab", "mine")).rejects.toThrow(
    `in use by process ${String(child.pid)} (test in`,
  );
  await child.kill();
  expect(lockHolder("lab")).toBeUndefined();
  const lock = await acquireRunLock("lab", "mine");
  expect(lockHolder("lab")?.pid).toBe(process.pid);
  lock.release();
});

test.each([
  ["a process that started later and got the same pid", { startTicks: "1" }],
  ["a holder from before the last boot", { bootId: "another" }],
])("%s does not hold the lock", async (_, change) => {
  const lock = await acquireRunLock("lab", "old");
  const path = join(safetyDir("lab"), "run.lock");
  const holder = JSON.parse(readFileSync(path, "utf8")) as object;
  writeFileSync(path, JSON.stringify({ ...holder, ...change }));
  const newer = await acquireRunLock("lab", "new");
  // The old holder's release must not take the new one's lock away.
  lock.release();
  expect(lockHolder("lab")?.what).toBe("new");
  newer.release();
});

test("a lock file that is no lock is taken over", async () => {
  (await acquireRunLock("lab", "first")).release();
  writeFileSync(join(safetyDir("lab"), "run.lock"), "");
  (await acquireRunLock("lab", "second")).release();
});

test("of many who find a stale lock at once exactly one gets it", async () => {
  const child = await startHolder({ phase: "before-open", lab: "lab", marker: "none" });
  await child.kill();
  const tries = await Promise.allSettled(
    Array.from({ length: 12 }, (_, index) => acquireRunLock("lab", `run ${String(index)}`)),
  );
  const winners = tries.filter((each) => each.status === "fulfilled");
  expect(winners).toHaveLength(1);
  winners[0]?.value.release();
});

test("of several processes that come at once exactly one gets it", async () => {
  const starts = await Promise.allSettled(
    Array.from({ length: 4 }, () => startHolder({ phase: "before-open", lab: "lab", marker: "none" })),
  );
  const holders = starts.filter((each) => each.status === "fulfilled");
  for (const { value } of holders) await value.kill();
  expect(holders).toHaveLength(1);
});
