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
}

/** Counts of an audit; `lost` are numbers that were acknowledged and are not there. */
export interface AuditCounts {
  attempted: number;
  acknowledged: number;
  unknown: number;
  lost: number[];
}

export class WriteLog {
  /** Index = sequence number. */
  readonly #writes: Write[] = [];

  /** @returns the sequence number of the new attempt */
  begin(block: string, startedAt: number): number {
    return this.#writes.push({ block, startedAt, outcome: "pending" }) - 1;
  }

  end(sequence: number, outcome: Exclude<WriteOutcome, "pending">): void {
    const write = this.#writes[sequence];
    if (write !== undefined) write.outcome = outcome;
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

  #within(from: number, to: number): [number, Write][] {
    return [...this.#writes.entries()].filter(([, write]) => write.startedAt >= from && write.startedAt < to);
  }
}
