// Control planes that lose their disks: other machines stand in their places, and only a snapshot makes a cluster of them
// again. The ledger holds everything that is needed for it, and it is undone by doing it: there is nothing to go back to.
import { z } from "zod";
import { inconclusiveError } from "../base/errors.ts";
import { sha256OfFile } from "../base/sha256.ts";
import { until } from "../base/until.ts";
import type { World } from "../lab/world.ts";
import { renewByHand, renewMachines, trustAnew } from "../machines/renew.ts";
import { carryOutCommand, command, everywhere, oneAfterTheOther, waitForOthersMs } from "../shell/stages.ts";
import { sendFile } from "../shell/transfer.ts";
import type { LedgerEntry } from "./mutation.ts";
import type { Undoable } from "./undo.ts";
import { wayBack, wayBackSchema } from "./way-back.ts";

const diskLossKind = "machines.disk-loss";

const send = z.strictObject({
  machine: z.string().min(1),
  send: z.string().min(1),
  to: z.string().min(1),
  /** Of the file, hexadecimal: another one is not sent. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const schema = z.strictObject({
  machines: z.array(z.string().min(1)).min(1),
  /** Script that prints "whole", "begun" (a restore was), or "bare". */
  state: z.string().min(1),
  /** From machines that are bare to a cluster, in this order; files are on this host. */
  stages: z.array(
    z.strictObject({
      title: z.string().min(1),
      limitMs: z.int().positive(),
      commands: z.array(z.union([command, send])),
    }),
  ),
  /** Of a restore that was begun. */
  wayBack: wayBackSchema,
  /** Script that prints what its member knows: etcd's answer to `/v3/cluster/member/list`, as JSON. */
  ask: z.string().min(1),
});

export type DiskLoss = z.output<typeof schema>;
/** `missing`: by the provider's word; `unreachable`: there, and it does not say. */
type State = "whole" | "begun" | "bare" | "missing" | "unreachable";

const lookLimitMs = 20_000;
/** To be made anew, and to boot. */
const settleLimitMs = 120_000;
const serveLimitMs = 180_000;

/** The ledger entry of machines that are about to lose their disks. */
export function diskLossEntry(
  world: World,
  of: Pick<LedgerEntry, "id" | "runId" | "drill">,
  loss: DiskLoss,
): LedgerEntry {
  return {
    ...of,
    kind: diskLossKind,
    args: schema.parse(loss),
    openedAt: new Date().toISOString(),
    byHand: [
      renewByHand(world.file, loss.machines),
      'kubedrill snapshot restore with a snapshot of yours; or follow the commands that stand in the ledger under "stages"',
    ],
  };
}

export function diskLoss(): Undoable {
  return {
    kind: diskLossKind,
    needsApi: false,
    limitMs: 30 * 60_000,
    machines: (args) => schema.parse(args).machines,
    async undo(world, args, signal) {
      const loss = schema.parse(args);
      let states = await settledStates(world, loss, signal);
      if (states.includes("begun")) {
        await wayBack().undo(world, loss.wayBack, signal);
        states = await settledStates(world, loss, signal);
      }
      const anew = toBeMadeAnew(loss.machines, states);
      if (anew !== null) await makeAnew(world, loss, anew, signal);
    },
    async verify(world, args, signal) {
      const loss = schema.parse(args);
      await wayBack().verify(world, loss.wayBack, signal);
      const known = await Promise.all(loss.machines.map((each) => knownBy(world, each, loss, signal)));
      const wrong = notOne(loss.machines, known);
      if (wrong !== null) throw inconclusiveError(wrong);
    },
  };
}

/**
 * Once one has lost its disk, all must: the others would be another cluster than what is made of it. Pure.
 * @returns null when none has lost anything, or all are made whole again
 * @throws KubedrillError (inconclusive) when that cannot be told: nobody loses a disk on suspicion
 */
export function toBeMadeAnew(machines: readonly string[], states: readonly State[]): string[] | null {
  if (states.every((each) => each === "whole")) return null;
  if (!states.some((each) => each === "bare" || each === "missing")) {
    const silent = machines.filter((_, index) => states[index] !== "whole");
    throw inconclusiveError(`${silent.join(", ")} cannot be asked whether there is still a control plane.`);
  }
  return machines.filter((_, index) => states[index] !== "bare");
}

/** Whoever was making machines anew may still be at it, and their host keys are known only when it is through. */
async function settledStates(world: World, loss: DiskLoss, signal: AbortSignal): Promise<State[]> {
  let last: State[] = [];
  const settled = async () => {
    await Promise.all(
      loss.machines.map((each) =>
        world
          .machine(each)
          .power.on(signal)
          .catch(() => undefined),
      ),
    );
    last = await statesOf(world, loss, signal);
    return !last.includes("unreachable");
  };
  await until(settled, {
    what: "machines to say what they have",
    timeoutMs: settleLimitMs,
    intervalMs: 2000,
    signal,
  }).catch(() => {
    signal.throwIfAborted();
  });
  return last;
}

async function makeAnew(
  world: World,
  { stages, wayBack: { clean } }: DiskLoss,
  others: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  if (others.length > 0) await renewMachines(world, others, signal);
  for (const { title, limitMs, commands } of [...stages, ...clean])
    await everywhere(title, commands, (each) =>
      "send" in each ? sendAsKept(world, each, signal) : carryOutCommand(world, each, limitMs, signal),
    );
}

/** One that cannot be asked may be missing, or another machine than the one whose host key is known. */
export async function statesOf(
  world: World,
  { machines, state }: Pick<DiskLoss, "machines" | "state">,
  signal: AbortSignal,
): Promise<State[]> {
  return Promise.all(
    machines.map(async (name): Promise<State> => {
      if ((await world.machine(name).power.status(signal)) === "missing") return "missing";
      try {
        await trustAnew(world, name);
        const script = `${oneAfterTheOther}\n${state}`;
        const { stdout } = await world
          .machine(name)
          .shell.run(script, { timeoutMs: lookLimitMs + waitForOthersMs, signal });
        return z.enum(["whole", "begun", "bare"]).parse(stdout.trim());
      } catch {
        signal.throwIfAborted();
        return "unreachable";
      }
    }),
  );
}

async function sendAsKept(
  world: World,
  { machine, send: path, to, sha256 }: z.output<typeof send>,
  signal: AbortSignal,
): Promise<void> {
  if ((await sha256OfFile(path)) !== sha256)
    throw inconclusiveError(`${path} has another checksum than when it was taken; it is not restored.`);
  await sendFile(world.machine(machine), path, to, signal);
}

const memberList = z.object({
  header: z.object({ cluster_id: z.string() }),
  members: z.array(z.object({ ID: z.string() })),
});
type Known = z.output<typeof memberList>;

/**
 * Clusters of one that were made alike have the same id, so it is the members that tell. Pure.
 * @returns what is wrong, in a sentence; null: they are one cluster of all
 */
export function notOne(machines: readonly string[], known: readonly Known[]): string | null {
  const told = known.map(({ header, members }) => {
    const ids = members.map((each) => each.ID).sort();
    return { count: ids.length, of: [header.cluster_id, ...ids].join() };
  });
  if (new Set(told.map((each) => each.of)).size === 1 && told[0]?.count === machines.length) return null;
  const each = machines.map((name, index) => `${name} knows ${String(told[index]?.count ?? 0)}`);
  return `The members are not one cluster of ${String(machines.length)}: ${each.join(", ")}.`;
}

function knownBy(world: World, name: string, { ask }: DiskLoss, signal: AbortSignal): Promise<Known> {
  return until(
    async () => {
      const { stdout } = await world.machine(name).shell.run(ask, { timeoutMs: lookLimitMs, signal });
      return memberList.parse(JSON.parse(stdout));
    },
    { what: `the member on ${name} to answer`, timeoutMs: serveLimitMs, intervalMs: 500, signal },
  );
}
