// Machines are lost for good, as far as the rest of the cluster can know: it may be rebuilt without them. When they come
// back all the same, what they know may be of a cluster that is no more; they then join the rebuilt one, one after the
// other, and none is powered on while another one that was lost still runs on old data: two of three would be the old
// cluster again, beside the new.
import { z } from "zod";
import { inconclusiveError, messageOf } from "../base/errors.ts";
import { until } from "../base/until.ts";
import type { Machine, World } from "../lab/world.ts";
import { carryOut, stage } from "../shell/stages.ts";
import type { Fault, FaultKind } from "./fault.ts";
import { bringBack, bringBackByHand, confirmOff, machineArgs, named } from "./machines.ts";
import { machinePowerCut } from "./machine-power-cut.ts";

const rejoin = z.strictObject({
  /** Whoever is left. */
  survivor: z.string().min(1),
  /** Script for the survivor that prints "rebuilt", or "as before", by its data alone. */
  isRebuilt: z.string().min(1),
  /** Script for any of them that prints what its member knows of its cluster; holds "cluster_id":"…". */
  ask: z.string().min(1),
  /** In this order; every stage can be done again. */
  machines: z
    .array(
      z.strictObject({
        machine: z.string().min(1),
        /** Script that prints what joining has left to do there, by its data alone; nothing when it has joined. */
        unfinished: z.string().min(1),
        stages: z.array(stage),
      }),
    )
    .min(1),
});

const lossArgs = machineArgs.extend({ rejoin: rejoin.nullable() });
type LossArgs = z.output<typeof lossArgs>;
export type Rejoin = z.output<typeof rejoin>;

/** A survivor whose quorum boots. */
const healedLimitMs = 300_000;
const bootLimitMs = 120_000;
const askLimitMs = 10_000;

export const machineLoss: FaultKind<LossArgs> = {
  kind: "machine.loss",
  band: { label: "lost for good", tone: "power" },
  args: lossArgs,
  requires: machinePowerCut.requires,
  targets: (args) => args.machines,
  title: (args) => `loss of ${named(args.machines)} for good`,
  inject: (world, args, signal) => machinePowerCut.inject(world, args, signal),
  confirm: confirmOff,
  healLimitMs: 30 * 60_000,
  async heal(world, args, signal) {
    const { rejoin: how } = args;
    if (how === null || !(await isRebuilt(world, how, signal))) await bringBack(world, args, signal);
    else for (const each of how.machines) await joinAgain(world, each, signal);
  },
  async confirmHealed(world, { rejoin: how }) {
    if (how === null) return;
    const signal = AbortSignal.timeout(healedLimitMs);
    const counts = await countingCluster(world, how, signal);
    for (const { machine } of how.machines) {
      const found = await until(() => clusterOf(world.machine(machine), how, signal), {
        what: `the member on ${machine} to answer`,
        timeoutMs: healedLimitMs,
        intervalMs: 500,
        signal,
      });
      if (found !== counts)
        throw inconclusiveError(
          `The member on ${machine} is of another cluster than the one on ${how.survivor}.`,
        );
    }
  },
  byHand: (world, args) =>
    args.rejoin === null
      ? bringBackByHand(world, args)
      : [
          `on ${args.rejoin.survivor}: ${args.rejoin.isRebuilt}`,
          `when that says "as before": ${bringBackByHand(world, args).join("; ")}`,
          `else power on ${args.rejoin.machines.map((each) => each.machine).join(", then ")}, each only when the one before has joined; the commands stand in the ledger under "rejoin"`,
        ],
};

/** @param how null, where it is not known yet: good for showing it, not for rebuilding without them */
export function lostForGood(machines: readonly string[], how: Rejoin | null = null): Fault {
  return { kind: machineLoss.kind, args: { machines: [...machines], rejoin: how } satisfies LossArgs };
}

/** @throws KubedrillError when it cannot be told: then nobody may be powered on */
async function isRebuilt(world: World, how: Rejoin, signal: AbortSignal): Promise<boolean> {
  const { shell } = world.machine(how.survivor);
  try {
    const { stdout } = await shell.run(`set -eu\n${how.isRebuilt}`, { timeoutMs: askLimitMs, signal });
    if (stdout.trim() === "rebuilt") return true;
    if (stdout.trim() === "as before") return false;
    throw new Error(`it says ${stdout.trim().slice(0, 100)}`);
  } catch (error) {
    throw inconclusiveError(
      `Which data counts cannot be told, so lost machines stay off: two of them on old data would be a second cluster. ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** The cluster that the survivor serves. @throws KubedrillError when it does not answer */
function countingCluster(world: World, how: Rejoin, signal: AbortSignal): Promise<string> {
  return until(() => clusterOf(world.machine(how.survivor), how, signal), {
    what: `etcd on ${how.survivor} to say which cluster it is of`,
    timeoutMs: healedLimitMs,
    intervalMs: 500,
    signal,
  });
}

async function joinAgain(
  world: World,
  { machine: name, unfinished, stages }: Rejoin["machines"][number],
  signal: AbortSignal,
): Promise<void> {
  const machine = world.machine(name);
  await bringBack(world, { machines: [name] }, signal);
  await until(() => machine.shell.run("true", { timeoutMs: askLimitMs, signal }).then(() => true), {
    what: `a shell on ${name}`,
    timeoutMs: bootLimitMs,
    intervalMs: 500,
    signal,
  });
  const left = await machine.shell.run(unfinished, { timeoutMs: askLimitMs, signal });
  if (left.stdout.trim() !== "") for (const each of stages) await carryOut(world, each, signal);
}

/** @throws Error while its member does not answer */
async function clusterOf({ name, shell }: Machine, { ask }: Rejoin, signal: AbortSignal): Promise<string> {
  const { stdout } = await shell.run(ask, { timeoutMs: askLimitMs, signal });
  const found = /"cluster_id":\s*"(\d+)"/.exec(stdout)?.[1];
  if (found === undefined) throw new Error(`the member on ${name} names no cluster`);
  return found;
}
