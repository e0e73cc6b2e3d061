// Room on machines, for tests.
import type { Room } from "../../lab/room.ts";

export const GiB = 2 ** 30;

/** A worker with so much memory left; 1 GiB of it is taken. */
export function worker(machine: string, freeGiB: number, more: Partial<Room> = {}): Room {
  return {
    machine,
    role: "worker",
    open: true,
    allocatable: { cpuCores: 2, memoryBytes: (freeGiB + 1) * GiB, pods: 110 },
    requested: { cpuCores: 0.5, memoryBytes: GiB, pods: 10 },
    limits: { cpuCores: 1, memoryBytes: GiB },
    ...more,
  };
}
