// One run at a time on a lab, on this host. The lock is a file that says who holds it; a holder that is dead, or whose
// pid now belongs to another process, does not count.
import { readFileSync, renameSync, rmSync, mkdirSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { messageOf, usageError } from "../base/errors.ts";
import { safetyDir } from "../base/paths.ts";
import { until } from "../base/until.ts";

const holderSchema = z.object({
  pid: z.int().positive(),
  /** Clock ticks from boot to the start of that process: a pid is used again, the pair is not. */
  startTicks: z.string(),
  bootId: z.string(),
  /** ISO 8601. */
  since: z.string(),
  /** What it is doing, e.g. "run 2026-01-31T10-00-00Z-first". */
  what: z.string(),
});
export type LockHolder = z.output<typeof holderSchema>;

export interface RunLock {
  release(): void;
}

/**
 * @param what what the holder is doing, for others to read
 * @throws KubedrillError (usage) naming the process that holds the lock, and since when
 */
export async function acquireRunLock(labName: string, what: string): Promise<RunLock> {
  const path = lockPath(labName);
  mkdirSync(safetyDir(labName), { recursive: true, mode: 0o700 });
  return exclusively(path, () => {
    const holder = liveHolder(path);
    if (holder !== undefined)
      throw usageError(
        `The lab ${labName} is in use by process ${String(holder.pid)} (${holder.what}) since ${holder.since}.`,
        { hint: `wait for it, or end it with: kill -INT ${String(holder.pid)}` },
      );
    const mine: LockHolder = {
      pid: process.pid,
      startTicks: startTicksOf(process.pid) ?? "",
      bootId: bootId(),
      since: new Date().toISOString(),
      what,
    };
    const text = JSON.stringify(mine);
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
    return {
      release: () => {
        // Somebody else's lock is never taken away, even if ours was wrongly removed.
        if (contents(path) === text) rmSync(path, { force: true });
      },
    };
  });
}

/** Who holds the lock of a lab right now, if anybody living does. */
export function lockHolder(labName: string): LockHolder | undefined {
  return liveHolder(lockPath(labName));
}

function lockPath(labName: string): string {
  return join(safetyDir(labName), "run.lock");
}

function liveHolder(path: string): LockHolder | undefined {
  const text = contents(path);
  if (text === undefined) return undefined;
  try {
    const holder = holderSchema.parse(JSON.parse(text));
    const lives = holder.bootId === bootId() && startTicksOf(holder.pid) === holder.startTicks;
    return lives ? holder : undefined;
  } catch {
    // It is renamed into place whole, so what cannot be read was not written by a living holder.
    return undefined;
  }
}

/**
 * Looking and taking must be one step among all processes. An abstract socket can be bound by one process only, and
 * the kernel takes it back however that process ends.
 */
async function exclusively<T>(path: string, work: () => T): Promise<T> {
  const name = `\0kubedrill-${createHash("sha256").update(path).digest("hex").slice(0, 32)}`;
  let server: Server | undefined;
  await until(
    async () => {
      const candidate = createServer();
      candidate.listen(name);
      await once(candidate, "listening");
      server = candidate;
      return true;
    },
    { what: `the lock ${path}`, timeoutMs: 10_000, intervalMs: 20 },
  );
  try {
    return work();
  } finally {
    server?.close();
  }
}

/** Field 22 of /proc/PID/stat; the command's name before it may contain blanks and brackets. */
function startTicksOf(pid: number): string | undefined {
  const stat = contents(`/proc/${String(pid)}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  // A zombie holds nothing any more.
  return fields?.[0] === "Z" ? undefined : fields?.[19];
}

function bootId(): string {
  return contents("/proc/sys/kernel/random/boot_id")?.trim() ?? "";
}

function contents(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH"))
      return undefined;
    throw usageError(`${path} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}
