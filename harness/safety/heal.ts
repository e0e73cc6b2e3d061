// Puts back what the ledger names: machines first, all at once and without any API server; then, when the API has
// come back, what needs it. One failure does not stop the rest. An entry is closed only when its undoing was seen.
import { inconclusiveError, KubedrillError, messageOf } from "../base/errors.ts";
import type { World } from "../lab/world.ts";
import { withAnsweringApi } from "./answering-api.ts";
import type { Ledger } from "./ledger.ts";
import type { LedgerEntry } from "./mutation.ts";
import { undoable, type Undoable } from "./undo.ts";

/** Machines that were off need so long to boot and to bring up an API server, on a slow host. */
const apiLimitMs = 300_000;
/** For one entry by itself. */
const apiPatienceMs = 150_000;

export interface HealOptions {
  onProgress: (line: string) => void;
  signal?: AbortSignal;
}

export interface HealReport {
  healed: LedgerEntry[];
  failed: { entry: LedgerEntry; error: Error }[];
}

/** Undoes every pending entry of a lab, the newest first where order matters. Never throws for one that fails. */
export async function healAll(world: World, ledger: Ledger, options: HealOptions): Promise<HealReport> {
  const report: HealReport = { healed: [], failed: [] };
  const attempt = async (entry: LedgerEntry) => {
    try {
      await undoEntry(world, ledger, entry, options.signal);
      report.healed.push(entry);
      options.onProgress(`healed: ${inWords(entry)}`);
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      report.failed.push({ entry, error: reason });
      options.onProgress(notHealed(entry, reason));
    }
  };
  const newestFirst = ledger.pending().reverse();
  const needsApi = (entry: LedgerEntry) => known(entry)?.needsApi === true;
  await machinesInParallel(
    newestFirst.filter((entry) => !needsApi(entry)),
    attempt,
  );
  const later = newestFirst.filter(needsApi);
  if (later.length > 0) await waitForApi(world, options);
  for (const entry of later) await attempt(entry);
  return report;
}

/**
 * Undoes one entry, sees that it is undone, and closes it.
 * @throws KubedrillError (unhealed) with what to do by hand; the entry then stays open
 */
export async function undoEntry(
  world: World,
  ledger: Ledger,
  entry: LedgerEntry,
  signal?: AbortSignal,
): Promise<void> {
  try {
    const how = undoable(entry.kind);
    const limit = AbortSignal.timeout(how.limitMs);
    const both = signal === undefined ? limit : AbortSignal.any([limit, signal]);
    await within(how.limitMs, entry, both, async () => {
      // Machines that have just got their power back need a while until an API server answers.
      const reached = how.needsApi
        ? await withAnsweringApi(world, { timeoutMs: apiPatienceMs, signal: both })
        : world;
      await how.undo(reached, entry.args, both);
      await how.verify(reached, entry.args, both);
    });
  } catch (error) {
    throw new KubedrillError("unhealed", `${inWords(entry)} could not be undone: ${messageOf(error)}`, {
      cause: error,
      hint:
        entry.byHand.length === 0 ? "there is nothing to do by hand" : `by hand: ${entry.byHand.join("; ")}`,
    });
  }
  ledger.close(entry.id);
}

/** Entries that concern the same machine wait for each other, in the order given; all others run at once. */
async function machinesInParallel(
  entries: readonly LedgerEntry[],
  attempt: (entry: LedgerEntry) => Promise<void>,
): Promise<void> {
  const lastOf = new Map<string, Promise<void>>();
  const all = entries.map((entry) => {
    const machines = machinesOf(entry);
    const before = machines.flatMap((machine) => lastOf.get(machine) ?? []);
    const done = Promise.all(before).then(() => attempt(entry));
    for (const machine of machines) lastOf.set(machine, done);
    return done;
  });
  await Promise.all(all);
}

/** Without an API the entries that need it fail one by one, each saying so; nothing is thrown here. */
async function waitForApi(world: World, options: HealOptions): Promise<void> {
  options.onProgress("waiting for the API");
  await withAnsweringApi(world, { timeoutMs: apiLimitMs, signal: options.signal }).catch((error: unknown) => {
    options.onProgress(messageOf(error));
  });
}

/** What an undo does with its signal is its own affair; this limit holds in any case. */
async function within(
  limitMs: number,
  entry: LedgerEntry,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  const stop = Promise.withResolvers<never>();
  const onAbort = () => {
    const interrupted = !(signal.reason instanceof DOMException) || signal.reason.name !== "TimeoutError";
    stop.reject(
      interrupted
        ? (signal.reason as Error)
        : inconclusiveError(`undoing ${entry.kind} took longer than ${String(limitMs / 1000)} s`),
    );
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([work(), stop.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function known(entry: LedgerEntry): Undoable | undefined {
  try {
    return undoable(entry.kind);
  } catch {
    return undefined;
  }
}

function machinesOf(entry: LedgerEntry): string[] {
  try {
    return known(entry)?.machines(entry.args) ?? [];
  } catch {
    return [];
  }
}

const longestArgs = 200;

function inWords(entry: LedgerEntry): string {
  const args = JSON.stringify(entry.args);
  // Whole scripts stand in the ledger.
  const told = args.length <= longestArgs ? args : `on ${machinesOf(entry).join(", ")}`;
  return `${entry.kind} ${told} of ${entry.drill === "" ? "run" : entry.drill + ", run"} ${entry.runId}`;
}

function notHealed(entry: LedgerEntry, error: Error): string {
  const byHand = entry.byHand.map((command) => `\n    ${command}`).join("");
  return `NOT healed: ${messageOf(error)}${byHand === "" ? "" : `\n  by hand:${byHand}`}`;
}
