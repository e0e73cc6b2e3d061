// Folders of the cache that are there whole or not at all, however the process that made them ended.
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes sure that `target` exists: calls `make` with an empty folder beside it and renames that one when it is done.
 * What an interrupted run has left is thrown away. Only one process at a time may work on a target (see build-lock.ts).
 */
export async function ensureDirectory(
  target: string,
  make: (temporary: string) => Promise<void>,
): Promise<void> {
  if (await exists(target)) return;
  const temporary = `${target}.partial`;
  await removeTree(temporary);
  await mkdir(dirname(target), { recursive: true });
  await mkdir(temporary);
  try {
    await make(temporary);
    await rename(temporary, target);
  } catch (error) {
    await removeTree(temporary);
    throw error;
  }
}

/** Removes a folder with all that is in it; a helper process of a killed run may still be ending in there. */
export async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

/** Whether anything has this path. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
