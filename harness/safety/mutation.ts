// Anything that kubedrill changes on a lab, as it stands in the ledger: enough to undo it in another process.

export interface LedgerEntry {
  id: string;
  /** A fault's kind ("machine.power-cut") or another undoable change ("demo.namespace"). */
  kind: string;
  args: unknown;
  runId: string;
  drill: string;
  /** ISO 8601. */
  openedAt: string;
  /** Commands by which a person can undo it. */
  byHand: string[];
}
