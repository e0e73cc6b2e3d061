import { appendFileSync, readFileSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { labsWithPending, Ledger } from "./ledger.ts";
import type { LedgerEntry } from "./mutation.ts";
import { startHolder } from "./testing/child.ts";
import { ownStateFolder } from "./testing/state-folder.ts";

const folder = ownStateFolder("deep", "state");

test("what is opened is pending until closed, oldest first, also for another process", () => {
  const ledger = new Ledger("lab");
  expect(ledger.pending()).toEqual([]);
  ledger.open(entry("a"));
  ledger.open(entry("b"));
  ledger.open(entry("c"));
  ledger.close("b");
  expect(new Ledger("lab").pending()).toEqual([entry("a"), entry("c")]);
  expect(new Ledger("other").pending()).toEqual([]);
  ledger.close("a");
  ledger.close("c");
  expect(new Ledger("lab").pending()).toEqual([]);
  expect(statSync(ledger.path).mode & 0o777).toBe(0o600);
});

test("labs with something pending are known by name, and none where there is no ledger at all", () => {
  expect(labsWithPending()).toEqual([]);
  new Ledger("well").open(entry("a"));
  new Ledger("well").close("a");
  new Ledger("broken").open(entry("b"));
  expect(labsWithPending()).toEqual(["broken"]);
});

test("closing twice and closing what is not open do no harm; what is opened again is pending again", () => {
  const ledger = new Ledger("lab");
  ledger.close("never");
  ledger.open(entry("a"));
  ledger.close("a");
  ledger.close("a");
  expect(ledger.pending()).toEqual([]);
  ledger.open(entry("a"));
  expect(ledger.pending()).toEqual([entry("a")]);
});

test("wherever a crash tears the last line off, what came before counts and what comes after is whole", () => {
  const ledger = new Ledger("lab");
  ledger.open(entry("a"));
  const whole = statSync(ledger.path).size;
  ledger.open(entry("b"));
  const both = readFileSync(ledger.path);
  for (let size = whole; size < both.length; size += 1) {
    truncateSync(ledger.path, whole);
    appendFileSync(ledger.path, both.subarray(whole, size));
    // Only its line end is missing: the entry itself is whole, and undoing is idempotent.
    const survivors = size === both.length - 1 ? ["a", "b"] : ["a"];
    expect(ids(ledger)).toEqual(survivors);
    ledger.open(entry("c"));
    expect(ids(ledger)).toEqual([...survivors, "c"]);
    ledger.close("a");
    expect(ids(new Ledger("lab"))).toEqual([...survivors.slice(1), "c"]);
  }
});

test("a ledger that cannot be written is an error that says what to do", () => {
  const ledger = new Ledger("lab");
  ledger.open(entry("a"));
  vi.stubEnv("KUBEDRILL_STATE", ledger.path);
  expect(() => {
    new Ledger("lab").open(entry("b"));
  }).toThrow(/The ledger .* cannot be written: /);
});

test.each(["before-open", "after-open", "after-inject", "after-close"] as const)(
  "a process killed %s leaves exactly what it had changed",
  async (phase) => {
    const marker = join(folder(), "changed");
    const child = await startHolder({ phase, lab: "lab", marker });
    await child.kill();
    const changed = statSync(marker, { throwIfNoEntry: false }) !== undefined;
    const pending = ids(new Ledger("lab"));
    expect(pending).toEqual(
      { "before-open": [], "after-open": ["e"], "after-inject": ["e"], "after-close": [] }[phase],
    );
    expect(changed).toBe(phase === "after-inject" || phase === "after-close");
  },
);

test("a ledger that is there and cannot be read is never taken for an empty one", () => {
  const ledger = new Ledger("lab");
  ledger.open(entry("a"));
  vi.stubEnv("KUBEDRILL_STATE", join(ledger.path, "below-a-file"));
  expect(() => new Ledger("lab").pending()).toThrow(/cannot be read/);
});

function ids(ledger: Ledger): string[] {
  return ledger.pending().map((each) => each.id);
}

function entry(id: string): LedgerEntry {
  return {
    id,
    kind: "machine.power-cut",
    args: { machines: ["cp1", 'it\'s "quoted"\nand ünïcode'] },
    runId: "run",
    drill: "drill",
    openedAt: "2026-01-01T00:00:00.000Z",
    byHand: ["docker start cp1"],
  };
}
