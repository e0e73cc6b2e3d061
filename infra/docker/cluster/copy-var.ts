// Copies of a machine's /var that share what is never written again: committed layers of the image store and its blobs
// are hard links (14 ms instead of 4 s a machine), everything else is a real copy.
import { execa } from "execa";
import { chmod, mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { KubedrillError, messageOf } from "../../../harness/base/errors.ts";

const snapshotsPath = "io.containerd.snapshotter.v1.overlayfs/snapshots";
const blobsPath = "io.containerd.content.v1.content/blobs";
const inVar = "lib/containerd";

/** etcd preallocates 128 MB of zeros a member: copied as they are, its first flush would wait for them for seconds. */
const sparse = ["-a", "--sparse=always"];

/**
 * Copies a machine's /var (nothing writing to it) into `target`.
 * @param imageStore the folder of the machine image's store; what is in there is committed and can be shared
 */
export async function copyVar(source: string, target: string, imageStore: string): Promise<void> {
  const committed = new Set(await namesIn(join(imageStore, snapshotsPath)));
  const [snapshots, blobs] = [`${inVar}/${snapshotsPath}`, `${inVar}/${blobsPath}`];
  await copyAround(source, target, "", [snapshots, blobs]);
  await copyEntries(source, target, snapshots, (name) => committed.has(name));
  await copyEntries(source, target, blobs, () => true);
}

/** Gives a new machine's /var all images of the store. */
export async function linkImages(imageStore: string, varDir: string): Promise<void> {
  const target = join(varDir, inVar);
  await copyAround(imageStore, target, "", [snapshotsPath, blobsPath]);
  await copyEntries(imageStore, target, snapshotsPath, () => true);
  await copyEntries(imageStore, target, blobsPath, () => true);
}

/** Copies a folder but leaves the named ones inside it out: goes down only along their paths. */
async function copyAround(
  source: string,
  target: string,
  at: string,
  leaveOut: readonly string[],
): Promise<void> {
  await makeLike(join(source, at), join(target, at));
  const names = await namesIn(join(source, at));
  const paths = names.map((name) => (at === "" ? name : `${at}/${name}`));
  const onTheWay = paths.filter((path) =>
    leaveOut.some((each) => each === path || each.startsWith(`${path}/`)),
  );
  await copy(
    source,
    target,
    at,
    paths.filter((path) => !onTheWay.includes(path)),
    "copy",
  );
  for (const path of onTheWay) if (!leaveOut.includes(path)) await copyAround(source, target, path, leaveOut);
}

async function copyEntries(
  source: string,
  target: string,
  folder: string,
  shared: (name: string) => boolean,
): Promise<void> {
  const names = await namesIn(join(source, folder));
  if (names.length === 0) return;
  await makeLike(join(source, folder), join(target, folder));
  const path = (name: string) => `${folder}/${name}`;
  await copy(source, target, folder, names.filter(shared).map(path), "link");
  await copy(source, target, folder, names.filter((name) => !shared(name)).map(path), "copy");
}

async function copy(
  source: string,
  target: string,
  folder: string,
  paths: readonly string[],
  how: "link" | "copy",
): Promise<void> {
  if (paths.length === 0) return;
  const run = (options: readonly string[]) =>
    execa(
      "cp",
      [...options, "--target-directory", join(target, folder), ...paths.map((path) => join(source, path))],
      {
        timeout: 300_000,
      },
    );
  try {
    await run(how === "link" ? ["-al"] : sparse);
  } catch (error) {
    const otherFileSystem = how === "link" && /cross-device/i.test(messageOf(error));
    if (!otherFileSystem)
      throw new KubedrillError(
        "inconclusive",
        `A machine's disk cannot be copied to ${target}: ${messageOf(error)}`,
        {
          cause: error,
          hint: "look at the free space there",
        },
      );
    await run(sparse);
  }
}

async function makeLike(source: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  await chmod(target, (await stat(source)).mode & 0o7777);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
