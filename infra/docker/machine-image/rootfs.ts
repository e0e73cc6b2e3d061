// The Debian root file system that every machine starts from, made once by debootstrap and kept as an archive.
import { execa, ExecaError } from "execa";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, usageError, type KubedrillError } from "../../../harness/base/errors.ts";
import { ensureDirectory } from "../components/cache-directory.ts";
import { endsWithUs } from "../components/ends-with-us.ts";
import type { Architecture } from "../components/programs.ts";
import { sha256OfText } from "../../../harness/base/sha256.ts";
import { debianMirror } from "./debian-mirror.ts";
import { debianPackages, debianSuite } from "./packages.ts";

export interface RootfsOptions {
  architecture: Architecture;
  /** Root of the cache. */
  cache: string;
  onProgress: (message: string) => void;
  signal?: AbortSignal | undefined;
}

/** 75 s on two cores with a near mirror; beyond this limit the mirror hangs. */
const debootstrapTimeoutMs = 20 * 60_000;

/** Documentation, other languages, package lists: a third of the size and of no use on a machine. */
const unneeded = [
  "usr/share/doc",
  "usr/share/info",
  "usr/share/locale",
  "usr/share/man",
  "var/cache/apt",
  "var/lib/apt/lists",
  "var/log/bootstrap.log",
  "var/log/dpkg.log",
  "var/log/apt",
];

/** Everything that determines the root file system, apart from the day on which the mirror is asked. */
export const rootfsDefinition: string = JSON.stringify([debianSuite, debianPackages, unneeded]);

/**
 * Path of the archive (tar), made when missing. Needs root. The caller holds the build lock of the cache.
 * @throws KubedrillError (usage) when debootstrap is missing or the mirror does not give the packages.
 */
export async function ensureRootfs(options: RootfsOptions): Promise<string> {
  const key = sha256OfText(rootfsDefinition + options.architecture).slice(0, 12);
  const directory = join(options.cache, "rootfs", `${debianSuite}-${key}`);
  await ensureDirectory(directory, async (temporary) => {
    const startedAt = performance.now();
    options.onProgress(`installing Debian ${debianSuite} with ${String(debianPackages.length)} packages`);
    const tree = join(temporary, "tree");
    await debootstrap(tree, options);
    for (const path of unneeded) await rm(join(tree, path), { recursive: true, force: true });
    await pack(tree, join(temporary, "rootfs.tar"), options.signal);
    await rm(tree, { recursive: true });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    options.onProgress(`Debian ${debianSuite} done after ${seconds} s`);
  });
  return join(directory, "rootfs.tar");
}

async function debootstrap(tree: string, options: RootfsOptions): Promise<void> {
  const packages = join(options.cache, "debian-packages");
  await mkdir(packages, { recursive: true });
  const mirror = await debianMirror();
  const args = [
    "--variant=minbase",
    "--force-check-gpg",
    `--arch=${options.architecture}`,
    `--cache-dir=${packages}`,
    `--include=${debianPackages.join(",")}`,
    debianSuite,
    tree,
    ...(mirror === undefined ? [] : [mirror]),
  ];
  // It mounts /proc and more inside the tree: in name spaces of its own nothing of that outlives it, even when killed.
  const isolated = ["--mount", "--pid", "--fork", "--kill-child", "debootstrap", ...args];
  try {
    await execa(...endsWithUs("unshare", isolated), {
      timeout: debootstrapTimeoutMs,
      env: { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
      ...(options.signal && { cancelSignal: options.signal }),
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw debootstrapError(error);
  }
}

async function pack(tree: string, archive: string, signal: AbortSignal | undefined): Promise<void> {
  await execa(...endsWithUs("tar", ["--numeric-owner", "-C", tree, "-cf", archive, "."]), {
    timeout: 300_000,
    ...(signal && { cancelSignal: signal }),
  });
}

function debootstrapError(cause: unknown): KubedrillError {
  const what = `Debian ${debianSuite} could not be installed for the machines`;
  if (!(cause instanceof ExecaError)) return usageError(`${what}: ${messageOf(cause)}`, { cause });
  const said = `${String(cause.stderr)}\n${String(cause.stdout)}`;
  if (said.includes("debootstrap: No such file") || said.includes("failed to execute debootstrap"))
    return usageError(`${what}: debootstrap is missing.`, {
      cause,
      hint: "kubedrill doctor lists what to install",
    });
  const reasons = said.split("\n").filter((line) => /^(E|W): /.test(line));
  return usageError(`${what}: ${reasons.slice(-2).join(" · ") || cause.shortMessage}`, {
    cause,
    hint: "run as root, with a Debian mirror in reach",
  });
}
