// The list of what is broken or otherwise changed on a lab and not yet put back. It is on disk, and on its way to no
// cache, before anything is changed: whoever comes after a crash finds there what to undo. Append-only; a line that a
// crash tore off is ignored, because nothing was changed before its write had returned.
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { messageOf, usageError } from "../base/errors.ts";
import { safetyDir } from "../base/paths.ts";
import type { LedgerEntry } from "./mutation.ts";

const line = z.union([
  z.object({
    open: z.object({
      id: z.string().min(1),
      kind: z.string().min(1),
      args: z.unknown(),
      runId: z.string(),
      drill: z.string(),
      openedAt: z.string(),
      byHand: z.array(z.string()),
    }),
  }),
  z.object({ close: z.string().min(1), at: z.string() }),
]);
type Line = z.output<typeof line>;

export class Ledger {
  readonly path: string;

  /** @param labName every checkout and every process on this host shares the ledger of a lab */
  constructor(labName: string) {
    this.path = join(safetyDir(labName), "ledger.jsonl");
  }

  /**
   * Notes a change that is about to be made; safe on disk when this returns.
   * @throws KubedrillError (usage) when it cannot be written: then nothing may be changed
   */
  open(entry: LedgerEntry): void {
    this.#append({ open: entry });
  }

  /** Notes that a change was undone and seen to be undone. @throws as `open` */
  close(id: string): void {
    this.#append({ close: id, at: new Date().toISOString() });
  }

  /** What is not undone, oldest first. @throws KubedrillError (usage) when the ledger is there but cannot be read */
  pending(): LedgerEntry[] {
    const open = new Map<string, LedgerEntry>();
    for (const each of this.#lines()) {
      if ("open" in each) open.set(each.open.id, each.open);
      else open.delete(each.close);
    }
    return [...open.values()];
  }

  #lines(): Line[] {
    let text: string;
    try {
      text = readFileSync(this.path, "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
      throw usageError(`The ledger ${this.path} cannot be read: ${messageOf(error)}.`, { cause: error });
    }
    return text.split("\n").flatMap((each) => parsed(each));
  }

  #append(entry: Line): void {
    try {
      const made = makeFolder(dirname(this.path));
      const file = openSync(this.path, "a+", 0o600);
      try {
        const isNew = fstatSync(file).size === 0;
        writeWhole(file, Buffer.from(`${endsInMidLine(file) ? "\n" : ""}${JSON.stringify(entry)}\n`));
        fsyncSync(file);
        if (isNew) for (const folder of [dirname(this.path), ...made]) syncFolder(folder);
      } finally {
        closeSync(file);
      }
    } catch (error) {
      throw usageError(`The ledger ${this.path} cannot be written: ${messageOf(error)}.`, {
        cause: error,
        hint: "nothing is broken without it; free some space or set KUBEDRILL_STATE to another folder",
      });
    }
  }
}

/** Names of labs of which something is not undone, in any ledger of this host. */
export function labsWithPending(): string[] {
  const folder = dirname(safetyDir("any"));
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => new Ledger(name).pending().length > 0);
}

/** Folders whose entries are new and must reach the disk too. */
function makeFolder(folder: string): string[] {
  const first = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return [];
  const parents: string[] = [];
  for (let each = folder; each.length >= first.length; each = dirname(each)) parents.push(dirname(each));
  return parents;
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** A crash in mid-write leaves a line without its end; the next line must not be glued to it. */
function endsInMidLine(file: number): boolean {
  const { size } = fstatSync(file);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last.toString() !== "\n";
}

function writeWhole(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}

function parsed(text: string): Line[] {
  if (text === "") return [];
  try {
    return [line.parse(JSON.parse(text))];
  } catch {
    return [];
  }
}
