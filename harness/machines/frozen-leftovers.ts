// Where cgroups are of version 1, a frozen process takes its SIGKILL only when it is thawed. runc freezes a pod while it
// changes the pod's devices; a power cut in that moment ends runc, and the pod would hold its dead machine for ever.
// Source: kernel documentation, cgroup-v1/freezer-subsystem; in version 2 frozen processes can be killed.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const hierarchy = "/sys/fs/cgroup/freezer";
/** Most machines are gone by then. */
const everyMs = 300;

/**
 * Waits for work that ends a container, and thaws what is frozen inside it meanwhile. Where the host's cgroups are of
 * version 2, or out of reach, it only waits.
 * @param readId the engine's full id of the container
 */
export async function thawingInside<T>(readId: () => Promise<string>, work: Promise<T>): Promise<T> {
  const over = new AbortController();
  const help = async () => {
    while (await passed(everyMs, over.signal))
      // Cgroups go while they are read. What cannot be done at all shows in the work, which says what did not end.
      await readId()
        .then(thawInside)
        .catch(() => undefined);
  };
  const helping = help();
  try {
    return await work;
  } finally {
    over.abort();
    await helping;
  }
}

/** False: the signal came first. */
function passed(ms: number, signal: AbortSignal): Promise<boolean> {
  return pause(ms, true, { signal }).catch(() => false);
}

async function thawInside(id: string): Promise<void> {
  const own = await freezerOf(id);
  if (own === null) return;
  const below = await readdir(own, { recursive: true, withFileTypes: true });
  const cgroups = below.filter((entry) => entry.isDirectory());
  await Promise.allSettled(cgroups.map((each) => thaw(join(each.parentPath, each.name))));
}

async function thaw(cgroup: string): Promise<void> {
  const itself = (await readFile(join(cgroup, "freezer.self_freezing"), "utf8")).trim() === "1";
  if (itself) await writeFile(join(cgroup, "freezer.state"), "THAWED");
}

/**
 * The container's own cgroup, "docker/ID" or "system.slice/docker-ID.scope"; null: there is none. Not by its init: that
 * has left it already when it waits for what is frozen.
 */
async function freezerOf(id: string): Promise<string | null> {
  if (!/^[0-9a-f]{64}$/.test(id)) return null;
  for (const parent of await directoriesIn(hierarchy))
    for (const child of await directoriesIn(parent)) if (child.includes(id)) return child;
  return null;
}

async function directoriesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((each) => each.isDirectory()).map((each) => join(folder, each.name));
}
