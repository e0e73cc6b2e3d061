// Clean shutdown: services are stopped in order and may say goodbye (VRRP priority 0, leases released).
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

export const machineShutdown: FaultKind<MachineArgs> = {
  kind: "machine.shutdown",
  band: { label: "shut down", tone: "power" },
  args: machineArgs,
  requires: ["shutdown", "on"],
  targets: (args) => args.machines,
  title: (args) => `clean shutdown of ${named(args.machines)}`,
  async inject(world, args, signal) {
    const machines = machinesOf(world, args);
    await allRunning(machines, signal);
    await Promise.all(machines.map((each) => each.power.shutdown(signal)));
  },
  confirm: confirmOff,
  heal: bringBack,
  byHand: bringBackByHand,
};

/** @param machines names, all asked at once */
export function shutdown(machines: readonly string[]): Fault {
  return { kind: machineShutdown.kind, args: { machines: [...machines] } satisfies MachineArgs };
}
