// The writer's memory: every attempt with its number, where it went and what became of it. Pure.

/**
 * `refused`: surely not done (never arrived, or refused by the server before it did anything); `unknown`: timed out,
 * connection lost, or an error after which it may yet have been done.
 */
export type WriteOutcome = "pending" | "acknowledged" | "refused" | "unknown";

interface Write {
  block: string;
  startedAt: number;
  outcome: WriteOutcome;
  /** When it was acknowledged, and as which revision of the store; NaN: not, or the answer did not say. */
  endedAt: number;
  revision: number;
}

/** Counts of an audit; `lost` are numbers that were acknowledged and are not there. */
export interface AuditCounts {
  attempted: number;
  acknowledged: number;
  unknown: number;
  lost: number[];
}

/**
 * What was acknowledged from what was there before a restore: run clock, ms. An attempt may hang from before the fault
 * until the restored store serves it (TCP tries a connection again for two minutes), so its beginning tells nothing.
 */
export interface OldStore {
  /** Attempts that began earlier are not counted: an earlier restore may have taken them. */
  from: number;
  /** API servers begin to serve the restored store: an answer from then on is of that one. */
  servedAt: number;
}

/** What became of acknowledged writes across a restore, by the revision of the snapshot. */
export interface RestoreAccount {
  /** Acknowledged up to the snapshot's revision, and those of them that are not there. */
  upTo: number;
  lostUpTo: number;
  /** Acknowledged after it, and those of them that are there all the same. */
  after: number;
  keptAfter: number;
  /** Acknowledged without a revision, or in a block that could not be read: nothing is known of them. */
  unknown: number;
  /** Run clock, ms: the acknowledgement of the last write up to the revision, and of the last one at all; null: none. */
  lastUpToAt: number | null;
  lastAt: number | null;
}

export class WriteLog {
  /** Index = sequence number. */
  readonly #writes: Write[] = [];

  /** @returns the sequence number of the new attempt */
  begin(block: string, startedAt: number): number {
    const none = { endedAt: NaN, revision: NaN };
    return this.#writes.push({ block, startedAt, outcome: "pending", ...none }) - 1;
  }

  end(sequence: number, outcome: Exclude<WriteOutcome, "pending">, endedAt = NaN, revision = NaN): void {
    const write = this.#writes[sequence];
    if (write !== undefined) Object.assign(write, { outcome, endedAt, revision });
  }

  /** Blocks that hold acknowledged writes begun in [from, to). */
  blocks(from: number, to: number): string[] {
    const acknowledged = this.#within(from, to).filter(([, write]) => write.outcome === "acknowledged");
    return [...new Set(acknowledged.map(([, write]) => write.block))];
  }

  /**
   * Compares attempts begun in [from, to) with what was found; one still pending counts as unknown.
   * @param found block → sequence numbers in it; a block that could not be read is absent and proves nothing
   */
  audit(from: number, to: number, found: ReadonlyMap<string, ReadonlySet<number>>): AuditCounts {
    const writes = this.#within(from, to);
    const having = (...outcomes: WriteOutcome[]) =>
      writes.filter(([, write]) => outcomes.includes(write.outcome));
    const acknowledged = having("acknowledged");
    return {
      attempted: writes.length,
      acknowledged: acknowledged.length,
      unknown: having("unknown", "pending").length,
      lost: acknowledged
        .filter(([sequence, write]) => found.get(write.block)?.has(sequence) === false)
        .map(([sequence]) => sequence),
    };
  }

  /**
   * Of attempts that the old store acknowledged, by what was found after a restore.
   * @param revision of the snapshot @param found as for `audit`
   */
  account(
    revision: number,
    { from, servedAt }: OldStore,
    found: ReadonlyMap<string, ReadonlySet<number>>,
  ): RestoreAccount {
    const acknowledged = this.#within(from, servedAt).filter(
      ([, write]) => write.outcome === "acknowledged" && write.endedAt < servedAt,
    );
    const known = acknowledged.filter(([, write]) => !Number.isNaN(write.revision) && found.has(write.block));
    const upTo = known.filter(([, write]) => write.revision <= revision);
    const after = known.filter(([, write]) => write.revision > revision);
    const isThere = ([sequence, write]: [number, Write]) => found.get(write.block)?.has(sequence) === true;
    const last = (writes: [number, Write][]) =>
      writes.length === 0 ? null : Math.max(...writes.map(([, write]) => write.endedAt));
    return {
      upTo: upTo.length,
      lostUpTo: upTo.filter((each) => !isThere(each)).length,
      after: after.length,
      keptAfter: after.filter(isThere).length,
      unknown: acknowledged.length - known.length,
      lastUpToAt: last(upTo),
      lastAt: last(known),
    };
  }

  #within(from: number, to: number): [number, Write][] {
    return [...this.#writes.entries()].filter(([, write]) => write.startedAt >= from && write.startedAt < to);
  }
}
