import { expect, test } from "vitest";
import { testWorld } from "../faults/testing/world.ts";
import { Ledger } from "../safety/ledger.ts";
import type { LedgerEntry } from "../safety/mutation.ts";
import { ownStateFolder } from "../safety/testing/state-folder.ts";
import type { Progress } from "./progress.ts";
import { putBack } from "./put-back.ts";

ownStateFolder();

test("what cannot be put back hides no earlier error: it is told, and stays in the ledger", async () => {
  const { world } = testWorld({ m1: "running" });
  const ledger = new Ledger("lab");
  const entry: LedgerEntry = {
    id: "odd",
    kind: "of another version",
    args: {},
    runId: "run",
    drill: "drill",
    openedAt: "2026-01-01T00:00:00.000Z",
    byHand: ["undo it"],
  };
  ledger.open(entry);
  const unhealed: string[] = [];
  const lines: string[] = [];
  const progress = { line: (text: string) => lines.push(text) } as unknown as Progress;
  const work = async () => {
    try {
      throw new Error("why it ended");
    } finally {
      await putBack({ world, ledger, progress, unhealed }, entry);
    }
  };
  await expect(work()).rejects.toThrow("why it ended");
  expect(unhealed).toEqual([expect.stringContaining("could not be undone")]);
  expect(lines.join()).toMatch(/^COULD NOT HEAL: .* By hand: undo it$/);
  expect(ledger.pending().map(({ id }) => id)).toEqual(["odd"]);
});
