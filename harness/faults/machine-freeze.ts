// A hung machine: every process stops in place; memory, connections and addresses stay. Its kernel still takes TCP
// connections, so peers notice it later than a power cut.
import { inconclusiveError } from "../base/errors.ts";
import type { Fault, FaultKind } from "./fault.ts";
import { allRunning, bringBack, machineArgs, machinesOf, named, type MachineArgs } from "./machines.ts";

export const machineFreeze: FaultKind<MachineArgs> = {
  kind: "machine.freeze",
  band: { label: "frozen", tone: "freeze" },
  args: machineArgs,
  requires: ["freeze", "thaw"],
  targets: (args) => args.machines,
  title: (args) => `freeze of ${named(args.machines)}`,
  async inject(world, args, signal) {
    const machines = machinesOf(world, args);
    await allRunning(machines, signal);
    await Promise.all(machines.map((each) => each.power.freeze(signal)));
  },
  async confirm(world, args, signal) {
    const states = await Promise.all(
      machinesOf(world, args).map(async (each) => ({
        name: each.name,
        state: await each.power.status(signal),
      })),
    );
    const wrong = states.filter(({ state }) => state !== "frozen");
    if (wrong.length > 0)
      throw inconclusiveError(
        `Not frozen: ${wrong.map(({ name, state }) => `${name} is ${state}`).join(", ")}.`,
      );
    return `${named(args.machines)} ${args.machines.length === 1 ? "is" : "are"} frozen by the provider's word`;
  },
  async heal(world, args, signal) {
    // A machine that lost power while frozen is brought back too: it was running before.
    await Promise.allSettled(machinesOf(world, args).map((each) => each.power.thaw(signal)));
    await bringBack(world, args, signal);
  },
  byHand: (world, args) => machinesOf(world, args).map((each) => each.power.byHand("thaw")),
};

/** @param machines names, all frozen at once */
export function freeze(machines: readonly string[]): Fault {
  return { kind: machineFreeze.kind, args: { machines: [...machines] } satisfies MachineArgs };
}
