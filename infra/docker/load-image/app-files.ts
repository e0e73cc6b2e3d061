// Which files of this package a worker of a distributed load needs: the harness without tests, and the libraries that it
// imports, found by following their dependencies as Node.js would.
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { z } from "zod";

/** Where the folders of the code are: of a checkout, or of an installed package's `dist`. */
const codeRoot = join(import.meta.dirname, "..", "..", "..");
export const packageRoot = codeRoot.endsWith("dist") ? dirname(codeRoot) : codeRoot;

const folders = ["harness/distributed", "harness/load", "harness/base"];
const libraries = ["autocannon", "hdr-histogram-js", "zod"];
const manifest = z.object({
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
});

/** Paths relative to `packageRoot`, sorted. */
export async function appFiles(): Promise<string[]> {
  const own = await Promise.all(folders.map((each) => filesUnder(join(codeRoot, each))));
  const found = new Set<string>();
  for (const library of libraries) await follow(library, packageRoot, found);
  const theirs = await Promise.all([...found].map(filesUnder));
  const files = [...own.flat().filter((path) => !/\.test\.[jt]s$|\/testing\//.test(path)), ...theirs.flat()];
  return ["package.json", ...files.map((path) => relative(packageRoot, path))].sort();
}

async function follow(name: string, from: string, found: Set<string>): Promise<void> {
  const folder = await folderOf(name, from);
  if (folder === undefined || found.has(folder)) return;
  found.add(folder);
  const { dependencies, optionalDependencies } = manifest.parse(
    JSON.parse(await readFile(join(folder, "package.json"), "utf8")),
  );
  for (const each of Object.keys({ ...dependencies, ...optionalDependencies }))
    await follow(each, folder, found);
}

/** The nearest node_modules that has it; undefined: an optional one that is not installed. */
async function folderOf(name: string, from: string): Promise<string | undefined> {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, "node_modules", name);
    if (await exists(join(folder, "package.json"))) return folder;
    if (dirname(at) === at) return undefined;
  }
}

/** Nested node_modules are found by following, when they are needed. */
async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const own = entries.filter((each) => each.name !== "node_modules");
  const path = (entry: { name: string }) => join(folder, entry.name);
  const nested = await Promise.all(
    own.filter((each) => each.isDirectory()).map((each) => filesUnder(path(each))),
  );
  return [...own.filter((each) => each.isFile()).map(path), ...nested.flat()];
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
