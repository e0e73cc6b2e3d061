// What is done on several machines, in order: plain data, so that it can stand in a ledger, be shown, timed, and typed by
// a person as well.
import { z } from "zod";
import { inconclusiveError, messageOf } from "../base/errors.ts";
import type { World } from "../lab/world.ts";

/** Longer than any wait in a script. */
export const waitForOthersMs = 180_000;

export const command = z.strictObject({ machine: z.string().min(1), run: z.string().min(1) });
export const stage = z.strictObject({
  title: z.string().min(1),
  /** For each of its commands. */
  limitMs: z.int().positive(),
  /** Run at once, at most one on a machine; all have ended before the next stage begins. */
  commands: z.array(command),
});

/** A script for `sh` as root. */
export type Command = z.output<typeof command>;
export type Stage = z.output<typeof stage>;

/**
 * Before every script of such a procedure: of a harness that has died, or was interrupted, a script may still be at work
 * on the machine, and nothing is looked at or done there beside it.
 */
export const oneAfterTheOther = `exec 9>>/run/kubedrill-restore.lock; flock -w ${String(waitForOthersMs / 1000)} 9`;

/** @throws as `everywhere` */
export async function carryOut(
  world: World,
  { title, limitMs, commands }: Stage,
  signal: AbortSignal,
): Promise<void> {
  await everywhere(title, commands, (each) => carryOutCommand(world, each, limitMs, signal));
}

export async function carryOutCommand(
  world: World,
  { machine, run: script }: Command,
  limitMs: number,
  signal: AbortSignal,
): Promise<void> {
  await world.machine(machine).shell.run(`set -eu\n${oneAfterTheOther}\n${script}`, {
    timeoutMs: limitMs + waitForOthersMs,
    signal,
  });
}

/**
 * All of them have ended when this returns or throws, whatever became of the others, unless they were aborted.
 * @param title of what is done, after "to" @throws KubedrillError (inconclusive) that names it and the machine
 */
export async function everywhere<C extends { machine: string }>(
  title: string,
  commands: readonly C[],
  work: (command: C) => Promise<unknown>,
): Promise<void> {
  const ends = await Promise.allSettled(commands.map(work));
  for (const [index, end] of ends.entries())
    if (end.status === "rejected")
      throw inconclusiveError(`On ${commands[index]?.machine ?? ""}, to ${title}: ${messageOf(end.reason)}`, {
        cause: end.reason,
      });
}
