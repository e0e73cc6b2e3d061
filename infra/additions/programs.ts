// The programs of an addition to the lab, built from pinned Go modules the first time, in the cache after that.
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir } from "../../harness/base/paths.ts";
import { withBuildLock } from "../docker/components/build-lock.ts";
import { ensureDirectory } from "../docker/components/cache-directory.ts";
import { buildPrograms } from "../docker/components/go-modules.ts";
import type { Architecture } from "../docker/components/programs.ts";

/** What is built of one Go module. */
export interface ModuleOfAddition {
  /** Has go.mod and go.sum. */
  directory: string;
  /** File name and package of each program. */
  packages: readonly (readonly [string, string])[];
  stamps?: Record<string, string>;
}

export interface ProgramsOfAddition {
  name: string;
  modules: readonly ModuleOfAddition[];
  /** YAML of the custom resource definitions that belong to them. @param folder where the built programs are */
  definitions: (folder: string) => Promise<string>;
}

export interface BuiltPrograms {
  /** Changes whenever one of them would. */
  key: string;
  /** Has all of them. */
  folder: string;
  names: string[];
  definitions: string;
}

const definitionsFile = "definitions.yaml";

/** @throws KubedrillError (usage) when Go is missing or a module cannot be had */
export async function ensureBuilt(
  addition: ProgramsOfAddition,
  architecture: Architecture,
  onProgress: (line: string) => void,
): Promise<BuiltPrograms> {
  const names = addition.modules.flatMap(({ packages }) => packages.map(([name]) => name));
  const key = await keyOf(addition, architecture);
  const folder = join(cacheDir(), "programs", `${addition.name}-build-${key}`);
  const onWait = () => {
    onProgress("waiting for another kubedrill that is building");
  };
  await withBuildLock(cacheDir(), { onWait }, () =>
    ensureDirectory(folder, async (into) => {
      onProgress(`building ${names.join(", ")}`);
      for (const { directory, packages, stamps = {} } of addition.modules)
        await buildPrograms(
          `the lab's ${addition.name}`,
          { directory, packages, stamps },
          { architecture, into },
        );
      await writeFile(join(into, definitionsFile), await addition.definitions(into));
    }),
  );
  return { key, folder, names, definitions: await readFile(join(folder, definitionsFile), "utf8") };
}

async function keyOf({ modules }: ProgramsOfAddition, architecture: Architecture): Promise<string> {
  const hash = createHash("sha256").update(architecture);
  for (const { directory, packages, stamps } of modules) {
    hash.update(JSON.stringify([packages, stamps]));
    for (const name of (await readdir(directory)).sort())
      hash.update(name).update(await readFile(join(directory, name)));
  }
  return hash.digest("hex").slice(0, 12);
}
