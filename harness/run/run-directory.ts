// The folder of one run: made before anything is touched, with room for what will be written, and found again later.
import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, stat, statfs, symlink, unlink } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { messageOf, usageError } from "../base/errors.ts";

/** Timeline and report of a long run stay below this; less free space is refused before anything is broken. */
const roomNeededBytes = 200 * 1024 * 1024;

export interface RunDirectory {
  id: string;
  path: string;
}

/**
 * Makes `<parent>/<UTC time>-<plan>` and points `<parent>/latest` to it.
 * @throws KubedrillError (usage) when it cannot be written or the disk is nearly full
 */
export async function makeRunDirectory(parent: string, plan: string): Promise<RunDirectory> {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(":", "").replace("T", "-");
  const id = `${stamp}-${plan}`;
  const path = join(resolve(parent), id);
  try {
    await mkdir(dirname(path), { recursive: true });
    const disk = await statfs(dirname(path));
    const free = disk.bavail * disk.bsize;
    if (free < roomNeededBytes) {
      const has = (free / 1024 / 1024).toFixed(0);
      throw usageError(`The disk of ${dirname(path)} has ${has} MiB free; a run needs 200 MiB.`, {
        hint: "free some space or choose another folder with --out",
      });
    }
    await mkdir(path);
    await pointLatest(path);
  } catch (error) {
    if (error instanceof Error && error.name === "KubedrillError") throw error;
    throw usageError(`The run directory ${path} cannot be made: ${messageOf(error)}.`, { cause: error });
  }
  return { id, path };
}

/** The run directory that a person means: a path, an id below `parent`, or "latest". */
export async function findRunDirectory(parent: string, name: string): Promise<string> {
  for (const path of [resolve(name), join(resolve(parent), name)]) {
    const there = await stat(join(path, "timeline.jsonl")).catch(() => undefined);
    if (there !== undefined) return path;
  }
  const known = await readdir(parent).catch(() => []);
  throw usageError(`There is no run ${name}${known.length === 0 ? "" : `; runs: ${known.join(", ")}`}.`, {
    hint: "name a folder that holds a timeline.jsonl",
  });
}

async function pointLatest(path: string): Promise<void> {
  const latest = join(dirname(path), "latest");
  const fresh = `${latest}.${randomBytes(4).toString("hex")}`;
  await symlink(basename(path), fresh);
  try {
    await rename(fresh, latest);
  } catch (error) {
    await unlink(fresh);
    throw error;
  }
}
