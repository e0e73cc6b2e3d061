// Assembles container images from programs, without a registry, a base image or a builder: one layer each, written as the
// archive layout that `docker load` and `ctr images import` read. Same input, same bytes: times and owners are fixed.
import { execa } from "execa";
import { chmod, cp, link, copyFile, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { endsWithUs } from "./ends-with-us.ts";
import type { ImageDefinition } from "./images.ts";
import { linkedLibraries } from "./linked-libraries.ts";
import type { Architecture, Programs } from "./programs.ts";
import { sha256OfFile, sha256OfText } from "../../../harness/base/sha256.ts";

export interface ImageParts {
  programs: Programs;
  /** An unpacked machine root file system, for tools that an image needs beside our programs. */
  rootfs: string;
  /** Debian's name for the library folder, such as x86_64-linux-gnu. */
  multiarch: string;
  architecture: Architecture;
}

interface ArchiveEntry {
  Config: string;
  RepoTags: string[];
  Layers: string[];
}

/** Writes all images into `directory` (made new), ready to be packed with `tar -C directory -c .`. */
export async function writeImageArchive(
  images: readonly ImageDefinition[],
  parts: ImageParts,
  directory: string,
  signal?: AbortSignal,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const manifest: ArchiveEntry[] = [];
  for (const image of images) {
    const stage = join(directory, ".stage");
    await stageImage(image, parts, stage);
    manifest.push(await writeImage(image, parts.architecture, stage, directory, signal));
    await rm(stage, { recursive: true });
  }
  await writeFile(join(directory, "manifest.json"), JSON.stringify(manifest));
}

/** The archive of one image whose files lie in `stage` already. @param directory an existing folder */
export async function writeStagedImage(
  image: ImageSettings,
  architecture: Architecture,
  stage: string,
  directory: string,
): Promise<void> {
  const entry = await writeImage(image, architecture, stage, directory, undefined);
  await writeFile(join(directory, "manifest.json"), JSON.stringify([entry]));
}

async function stageImage(image: ImageDefinition, parts: ImageParts, stage: string): Promise<void> {
  await mkdir(join(stage, "tmp"), { recursive: true });
  await chmod(join(stage, "tmp"), 0o1777);
  await mkdir(join(stage, "etc"));
  await writeFile(join(stage, "etc/passwd"), passwd());
  await writeFile(join(stage, "etc/group"), groups());
  const named = image.filesFromRootfs.map((path) => path.replace("@MULTIARCH@", parts.multiarch));
  const libraries = await linkedLibraries(parts.rootfs, image.fromRootfs);
  for (const path of [...named, ...image.fromRootfs, ...libraries]) {
    await mkdir(dirname(join(stage, path)), { recursive: true });
    await cp(join(parts.rootfs, path), join(stage, path), { recursive: true, dereference: true });
  }
  for (const [program, path] of Object.entries(image.programs)) {
    await mkdir(dirname(join(stage, path)), { recursive: true });
    await linkOrCopy(parts.programs[program as keyof Programs], join(stage, path));
  }
  for (const [path, target] of Object.entries(image.links)) await symlink(target, join(stage, path));
}

/** The users that manifests name by number in `runAsUser` or expect by name. */
const accountIds: Record<string, string> = { root: "0", nobody: "65534", nonroot: "65532" };

function passwd(): string {
  const lines = Object.entries(accountIds).map(
    ([name, id]) => `${name}:x:${id}:${id}:${name}:/:/sbin/nologin\n`,
  );
  return lines.join("");
}

function groups(): string {
  const lines = Object.entries(accountIds).map(([name, id]) => `${name}:x:${id}:\n`);
  return lines.join("");
}

type ImageSettings = Pick<ImageDefinition, "name" | "entrypoint" | "command" | "user">;

async function writeImage(
  image: ImageSettings,
  architecture: Architecture,
  stage: string,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<ArchiveEntry> {
  const packed = join(directory, ".layer.tar");
  const fixed = [
    // Widened, because the umask of this process must not decide who can read an image's files.
    "--mode=a+rX,u+w",
    "--sort=name",
    "--mtime=@0",
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    "--hard-dereference",
  ];
  await execa(...endsWithUs("tar", [...fixed, "-C", stage, "-cf", packed, "."]), {
    timeout: 120_000,
    ...(signal && { cancelSignal: signal }),
  });
  const digest = await sha256OfFile(packed);
  await rename(packed, join(directory, `${digest}.tar`));
  const config = JSON.stringify({
    architecture,
    os: "linux",
    created: "1970-01-01T00:00:00Z",
    config: {
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      User: image.user,
      WorkingDir: "/",
      ...(image.entrypoint.length > 0 && { Entrypoint: image.entrypoint }),
      ...(image.command.length > 0 && { Cmd: image.command }),
    },
    rootfs: { type: "layers", diff_ids: [`sha256:${digest}`] },
    history: [{ created: "1970-01-01T00:00:00Z", created_by: "kubedrill" }],
  });
  const configName = `${sha256OfText(config)}.json`;
  await writeFile(join(directory, configName), config);
  return { Config: configName, RepoTags: [image.name], Layers: [`${digest}.tar`] };
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch {
    // Another file system: a copy costs time and disk, nothing else.
    await copyFile(from, to);
  }
}
