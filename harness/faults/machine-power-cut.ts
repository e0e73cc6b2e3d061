// Power cut: nothing on the machine gets a chance to react. Several machines lose power at the same instant.
import type { Fault, FaultKind } from "./fault.ts";
import {
  allRunning,
  bringBack,
  bringBackByHand,
  confirmOff,
  machineArgs,
  machinesOf,
  named,
  type MachineArgs,
} from "./machines.ts";

export const machinePowerCut: FaultKind<MachineArgs> = {
  kind: "machine.power-cut",
  band: { label: "power cut", tone: "power" },
  args: machineArgs,
  requires: ["cut", "on"],
  targets: (args) => args.machines,
  title: (args) => `power cut of ${named(args.machines)}`,
  async inject(world, args, signal) {
    const machines = machinesOf(world, args);
    await allRunning(machines, signal);
    await Promise.all(machines.map((each) => each.power.cut(signal)));
  },
  confirm: confirmOff,
  heal: bringBack,
  byHand: bringBackByHand,
};

/** @param machines names, all cut at once */
export function powerCut(machines: readonly string[]): Fault {
  return { kind: machinePowerCut.kind, args: { machines: [...machines] } satisfies MachineArgs };
}
