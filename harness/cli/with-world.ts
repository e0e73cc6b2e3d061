// What every command does that works on a lab: nobody else's work at the same time, and its machines at hand.
import type { LabFile } from "../lab/lab-file.ts";
import { openWorld } from "../lab/open-world.ts";
import type { World } from "../lab/world.ts";
import { acquireRunLock } from "../safety/lock.ts";

/**
 * @param what is told to whoever wants the lab meanwhile
 * @throws KubedrillError when another run has the lab's lock, or what the body throws; lock and connections are let go
 */
export async function withWorld<T>(
  lab: LabFile,
  what: string,
  body: (world: World) => Promise<T>,
): Promise<T> {
  const lock = await acquireRunLock(lab.name, what);
  try {
    const world = await openWorld(lab);
    try {
      return await body(world);
    } finally {
      await world.close();
    }
  } finally {
    lock.release();
  }
}
