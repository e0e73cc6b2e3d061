// The content hash of a machine image: everything that determines what is in it, so that a change of any of that makes a
// new image and nothing else does.
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { programsKey, type ProgramSource } from "../components/ensure-programs.ts";
import { imageDefinitions } from "../components/images.ts";
import type { Architecture } from "../components/programs.ts";
import { sha256OfText } from "../../../harness/base/sha256.ts";
import type { ComponentVersions } from "../components/versions.ts";
import { overlayDirectory, overlayFiles } from "./prepare-rootfs.ts";
import { rootfsDefinition } from "./rootfs.ts";

/** Code that decides about content rather than about how it is got. */
const decisiveModules = ["prepare-rootfs", "assemble", "../components/image-archive"];

/** Twelve hexadecimal digits, the tag of the image. */
export async function machineImageKey(
  source: ProgramSource,
  versions: ComponentVersions,
  architecture: Architecture,
): Promise<string> {
  const overlay = await overlayFiles();
  const parts = await Promise.all([
    programsKey(source, versions, architecture),
    ...overlay.map((path) => readFile(join(overlayDirectory, path), "utf8")),
    // The suffix is .ts here and .js in the published package.
    ...decisiveModules.map((name) =>
      readFile(join(import.meta.dirname, name + extname(import.meta.filename)), "utf8"),
    ),
  ]);
  return sha256OfText(JSON.stringify([imageDefinitions(versions), rootfsDefinition, overlay, parts])).slice(
    0,
    12,
  );
}
