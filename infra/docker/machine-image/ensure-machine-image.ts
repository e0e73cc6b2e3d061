// Gets everything that machines are made from: the machine image in the engine, and the store of container images that
// is linked into each machine. Made once, cached by the content of everything that determines it, usable offline.
import { join } from "node:path";
import { cacheDir } from "../../../harness/base/paths.ts";
import { usageError } from "../../../harness/base/errors.ts";
import { docker, isNotFound } from "../cluster/engine.ts";
import { withBuildLock } from "../components/build-lock.ts";
import { removeTree } from "../components/cache-directory.ts";
import { officialServers, type ReleaseServers } from "../components/download/official-layout.ts";
import { ensurePrograms, type ProgramOptions, type ProgramSource } from "../components/ensure-programs.ts";
import { imageNames, type ImageRole } from "../components/images.ts";
import { hostArchitecture, type Architecture } from "../components/programs.ts";
import {
  kubernetesMinors,
  newestVersions,
  versionsOf,
  type ComponentVersions,
} from "../components/versions.ts";
import { assemble } from "./assemble.ts";
import { imageStorePath, makeImageStore } from "./image-store.ts";
import { machineImageKey } from "./machine-image-key.ts";
import { ensureRootfs } from "./rootfs.ts";

export interface MachineImageOptions {
  /** Such as "1.35"; default: the newest that is known. */
  kubernetesMinor?: string | undefined;
  /** Default `auto`: downloads where the release servers answer within 3 s, else built from Go modules. */
  source?: ProgramSource | "auto" | undefined;
  /** Mirrors with the layout of the official servers. */
  servers?: ReleaseServers | undefined;
  onProgress: (message: string) => void;
  signal?: AbortSignal | undefined;
}

export interface MachineImage {
  /** Name in the engine: kubedrill/machine:<hash>. */
  image: string;
  /** Folder to link to /var/lib/containerd of a new machine; database files in it must be copied. */
  imageStore: string;
  source: ProgramSource;
  versions: ComponentVersions;
  /** Without "v". */
  kubernetesVersion: string;
  /** Container images in the store, under the names of kubeadm and public manifests. */
  images: Record<ImageRole, string>;
}

/**
 * Returns the machine image, made when missing: up to 20 minutes on two cores the first time, well under a second
 * afterwards. A run that was interrupted goes on with whatever had been finished.
 * @throws KubedrillError (usage) when the host lacks something or a source cannot give it.
 */
export async function ensureMachineImage(options: MachineImageOptions): Promise<MachineImage> {
  const versions = knownVersions(options.kubernetesMinor);
  const architecture = knownArchitecture();
  const source = options.source ?? "auto";
  const wanted: readonly ProgramSource[] = source === "auto" ? ["download", "build"] : [source];
  const find = () => findFinished(wanted, versions, architecture);
  const programOptions: ProgramOptions = {
    versions,
    architecture,
    cache: cacheDir(),
    servers: options.servers ?? officialServers,
    onProgress: options.onProgress,
    signal: options.signal,
  };
  const onWait = () => {
    options.onProgress("waiting for another kubedrill that is building the machine image");
  };
  const finished = await find();
  if (finished !== undefined) return finished;
  try {
    return await withBuildLock(cacheDir(), { onWait, signal: options.signal }, async () => {
      return (await find()) ?? (await make(source, programOptions));
    });
  } catch (error) {
    // Whatever a cancelled helper process said last is not the reason.
    options.signal?.throwIfAborted();
    throw error;
  }
}

async function findFinished(
  sources: readonly ProgramSource[],
  versions: ComponentVersions,
  architecture: Architecture,
): Promise<MachineImage | undefined> {
  for (const source of sources) {
    const names = namesFor(await machineImageKey(source, versions, architecture));
    const [present, imageStore] = await Promise.all([
      imagePresent(names.image),
      imageStorePath(names.volume),
    ]);
    if (present && imageStore !== undefined) return describe(names.image, imageStore, source, versions);
  }
  return undefined;
}

async function make(source: ProgramSource | "auto", options: ProgramOptions): Promise<MachineImage> {
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const together = { ...options, signal };
  // Installing Debian waits for disk and network most of the time, building for the processor.
  const rootfs = ensureRootfs(together);
  const programs = ensurePrograms(source, together);
  let made: Awaited<typeof programs>;
  let archive: string;
  try {
    [made, archive] = await Promise.all([programs, rootfs]);
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled([programs, rootfs]);
    throw error;
  }
  const key = await machineImageKey(made.source, options.versions, options.architecture);
  const { image, volume } = namesFor(key);
  const work = join(options.cache, "work");
  await removeTree(work);
  try {
    options.onProgress("assembling the machine image");
    const parts = { ...options, work, rootfsArchive: archive, programs: made.programs, image };
    const imageArchive = await assemble(parts);
    options.onProgress("importing the container images");
    const imageStore = await makeImageStore(volume, { image, archive: imageArchive, signal: options.signal });
    return describe(image, imageStore, made.source, options.versions);
  } finally {
    await removeTree(work);
  }
}

async function imagePresent(image: string): Promise<boolean> {
  try {
    await docker(["image", "inspect", "--format={{.Id}}", image]);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

function namesFor(key: string): { image: string; volume: string } {
  return { image: `kubedrill/machine:${key}`, volume: `kubedrill-images-${key}` };
}

function describe(
  image: string,
  imageStore: string,
  source: ProgramSource,
  versions: ComponentVersions,
): MachineImage {
  const { kubernetes: kubernetesVersion } = versions;
  return { image, imageStore, source, versions, kubernetesVersion, images: imageNames(versions) };
}

function knownVersions(minor: string | undefined): ComponentVersions {
  const versions = minor === undefined ? newestVersions : versionsOf(minor.replace(/^v/, ""));
  if (versions === undefined)
    throw usageError(`Kubernetes ${minor ?? ""} is not one that the lab can be built with.`, {
      hint: `use one of ${kubernetesMinors.join(", ")}`,
    });
  return versions;
}

function knownArchitecture(): Architecture {
  const architecture = hostArchitecture();
  if (architecture === undefined || process.platform !== "linux")
    throw usageError(
      `The lab runs on Linux on amd64 or arm64, not on ${process.platform} on ${process.arch}.`,
    );
  return architecture;
}
