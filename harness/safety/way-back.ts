// A procedure that takes a cluster apart and puts it together, seen from the ledger: it holds the very commands by which
// the old data is served again, so that whoever comes after a crash needs to know nothing else. Once the new data is
// committed, there is only something to take away.
import { z } from "zod";
import { inconclusiveError } from "../base/errors.ts";
import type { World } from "../lab/world.ts";
import { carryOut, oneAfterTheOther, stage, waitForOthersMs } from "../shell/stages.ts";
import type { LedgerEntry } from "./mutation.ts";
import type { Undoable } from "./undo.ts";

const wayBackKind = "etcd.restore";
const places = z
  .array(z.strictObject({ machine: z.string().min(1), path: z.string().startsWith("/") }))
  .min(1);

export const wayBackSchema = z.strictObject({
  machines: z.array(z.string().min(1)).min(1),
  /** Exist from the moment when something was stopped; with none of them there is nothing to go back from. */
  begun: places,
  /** Exist from the moment when the restored data is what counts, because clients have been given it. */
  committed: places,
  /** Idempotent, in this order: the old data is in its place again, and nothing runs on other data. */
  back: z.array(stage),
  /** Idempotent, in this order: what was stopped is started, on whichever data is in its place. */
  finish: z.array(stage),
  /** Takes away what the procedure has made; with it goes the data that is not served. */
  clean: z.array(stage),
  /** Prints what is not as it should be once all is over; nothing when all is well. */
  check: stage,
});

export type WayBack = z.output<typeof wayBackSchema>;

/** The ledger entry of a procedure that is about to begin. */
export function wayBackEntry(of: Pick<LedgerEntry, "id" | "runId" | "drill">, wayBack: WayBack): LedgerEntry {
  const args = wayBackSchema.parse(wayBack);
  return {
    ...of,
    kind: wayBackKind,
    args,
    openedAt: new Date().toISOString(),
    byHand: [
      `unless one of these exists: ${args.committed.map((each) => `${each.path} on ${each.machine}`).join(", ")}: ${args.back.map((each) => each.title).join("; then ")}; the commands stand in the ledger under "back"`,
      `${args.finish.map((each) => each.title).join("; then ")}; the commands stand in the ledger under "finish"`,
      ...args.clean.flatMap((each) => each.commands.map(({ machine, run }) => `on ${machine}: ${run}`)),
    ],
  };
}

export function wayBack(): Undoable {
  return {
    kind: wayBackKind,
    needsApi: false,
    limitMs: 15 * 60_000,
    machines: (args) => wayBackSchema.parse(args).machines,
    async undo(world, args, signal) {
      const { begun, back, finish, clean } = wayBackSchema.parse(args);
      const isBegun = await anyThere(world, begun, signal);
      const isBack = isBegun && !(await countsAsRestored(world, wayBackSchema.parse(args), signal));
      const stages = [...(isBack ? back : []), ...(isBegun ? finish : []), ...clean];
      for (const each of stages) await carryOut(world, each, signal);
    },
    async verify(world, args, signal) {
      const { check } = wayBackSchema.parse(args);
      const outputs = await Promise.all(
        check.commands.map(async ({ machine, run }) => {
          const { stdout } = await world
            .machine(machine)
            .shell.run(run, { timeoutMs: check.limitMs, signal });
          return stdout.trim() === "" ? [] : [`${machine}: ${stdout.trim().split("\n").join(", ")}`];
        }),
      );
      if (outputs.flat().length > 0) throw inconclusiveError(`${outputs.flat().join("; ")}.`);
    },
  };
}

/** Any machine that says so is enough: the restored data was proven on all of them before. @throws as `undo` */
export function countsAsRestored(
  world: World,
  { committed }: WayBack,
  signal: AbortSignal,
): Promise<boolean> {
  return anyThere(world, committed, signal);
}

/** Looks on every machine; one that does not answer might have it. @throws KubedrillError when one does not answer */
async function anyThere(world: World, where: WayBack["begun"], signal: AbortSignal): Promise<boolean> {
  const found = await Promise.all(
    where.map(async ({ machine, path }) => {
      const look = `${oneAfterTheOther} && if [ -e ${path} ]; then echo there; fi`;
      const { stdout } = await world
        .machine(machine)
        .shell.run(look, { timeoutMs: 20_000 + waitForOthersMs, signal });
      return stdout.trim() === "there";
    }),
  );
  return found.some(Boolean);
}
