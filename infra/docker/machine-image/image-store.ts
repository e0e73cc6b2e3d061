// The container images of the lab, already imported and unpacked by a machine's own containerd, to be hard-linked into
// every new machine: importing takes 12 s a machine, linking 0.02 s.
import { execa } from "execa";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { KubedrillError, messageOf } from "../../../harness/base/errors.ts";
import { docker, isNotFound } from "../cluster/engine.ts";
import { exists } from "../components/cache-directory.ts";
import { endsWithUs } from "../components/ends-with-us.ts";
import { machineRunArguments } from "./run-arguments.ts";

export interface ImageStoreOptions {
  /** Name of the machine image whose containerd imports. */
  image: string;
  /** Folder written by `writeImageArchive`. */
  archive: string;
  signal?: AbortSignal | undefined;
}

const importTimeoutMs = 300_000;

/**
 * Folder of a finished store on this host, or `undefined`. It lies in an engine volume because the engine mounts its
 * data folder on itself: hard links into machines' volumes work from nowhere else.
 */
export async function imageStorePath(volume: string): Promise<string | undefined> {
  try {
    const folder = await docker(["volume", "inspect", "--format={{.Mountpoint}}", volume]);
    return (await exists(completeMark(folder))) ? join(folder, "containerd") : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Makes the store anew from an archive; whatever an interrupted run has left of it is removed first. */
export async function makeImageStore(volume: string, options: ImageStoreOptions): Promise<string> {
  const container = `${volume}-import`;
  await docker(["rm", "--force", container]).catch(ignoreNotFound);
  await docker(["volume", "rm", "--force", volume]);
  await docker(["volume", "create", "--label=kubedrill.cache=images", volume]);
  const importing = [
    ...[
      "run",
      "--rm",
      "--interactive",
      `--name=${container}`,
      "--label=kubedrill.cache=images",
      "--network=none",
    ],
    ...[`--mount=type=volume,src=${volume},dst=/store`, ...machineRunArguments],
    ...["--entrypoint=/usr/local/sbin/kubedrill-import-images", options.image, "/store/containerd"],
  ];
  const limits = { timeout: importTimeoutMs, ...(options.signal && { cancelSignal: options.signal }) };
  try {
    await execa(...endsWithUs("tar", ["-C", options.archive, "-cf", "-", "."]), {
      ...limits,
      buffer: { stdout: false },
    }).pipe("docker", importing, limits);
  } catch (error) {
    await docker(["rm", "--force", container]).catch(ignoreNotFound);
    options.signal?.throwIfAborted();
    throw new KubedrillError(
      "inconclusive",
      `The container images could not be imported: ${messageOf(error)}`,
      {
        cause: error,
        hint: "look at the free space where the engine keeps its data",
      },
    );
  }
  const folder = await docker(["volume", "inspect", "--format={{.Mountpoint}}", volume]);
  const store = join(folder, "containerd");
  if (!(await exists(store)))
    throw new KubedrillError("usage", `The engine's volumes are not files of this host (${folder}).`, {
      hint: "use an engine on this machine, as root",
    });
  // Mounts of the import, empty by now, and the lock of its containerd must not come along.
  await rm(join(store, "tmpmounts"), { recursive: true, force: true });
  await writeFile(completeMark(folder), "");
  return store;
}

function completeMark(folder: string): string {
  return join(folder, "complete");
}

function ignoreNotFound(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
