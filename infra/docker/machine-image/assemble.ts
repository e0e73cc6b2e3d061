// Puts a machine together from its parts: Debian, our programs and configuration, and the container images.
import { execa } from "execa";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, usageError } from "../../../harness/base/errors.ts";
import { endsWithUs } from "../components/ends-with-us.ts";
import { writeImageArchive } from "../components/image-archive.ts";
import { imageDefinitions, imageNames } from "../components/images.ts";
import type { Architecture, Programs } from "../components/programs.ts";
import type { ComponentVersions } from "../components/versions.ts";
import { prepareRootfs } from "./prepare-rootfs.ts";

export interface AssembleOptions {
  /** Empty or missing folder to work in. */
  work: string;
  /** Made by `ensureRootfs`. */
  rootfsArchive: string;
  programs: Programs;
  versions: ComponentVersions;
  architecture: Architecture;
  /** Name that the engine's image gets. */
  image: string;
  signal?: AbortSignal | undefined;
}

/** Makes the engine's image, and the archive of container images; returns the folder of the latter. */
export async function assemble(options: AssembleOptions): Promise<string> {
  const { work, programs } = options;
  const limits = { timeout: 600_000, ...(options.signal && { cancelSignal: options.signal }) };
  const rootfs = join(work, "rootfs");
  const imageArchive = join(work, "images");
  await mkdir(rootfs, { recursive: true });
  await execa(...endsWithUs("tar", ["-C", rootfs, "-xf", options.rootfsArchive]), limits);
  const multiarch = { amd64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" }[options.architecture];
  const parts = { programs, rootfs, multiarch, architecture: options.architecture };
  await writeImageArchive(imageDefinitions(options.versions), parts, imageArchive, options.signal);
  await prepareRootfs(rootfs, programs, imageNames(options.versions).pause);
  const changes = [
    "LABEL kubedrill.cache=machine",
    // Tells systemd that it need not look after hardware.
    "ENV container=docker",
    'ENTRYPOINT ["/usr/local/sbin/kubedrill-machine-init"]',
  ];
  const args = ["import", ...changes.map((change) => `--change=${change}`), "-", options.image];
  const packing = execa(...endsWithUs("tar", ["--numeric-owner", "-C", rootfs, "-cf", "-", "."]), {
    ...limits,
    buffer: { stdout: false },
  });
  try {
    await packing.pipe("docker", args, limits);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw usageError(`The engine does not take the machine image: ${messageOf(error)}`, {
      cause: error,
      hint: "look at the free space where the engine keeps its data",
    });
  }
  return imageArchive;
}
