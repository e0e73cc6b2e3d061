// Gets all programs of the lab, from one source, into the cache; what is there already is not made again.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, usageError } from "../../../harness/base/errors.ts";
import { ensureDirectory, exists } from "./cache-directory.ts";
import { downloadGroup, whyNoDownloads } from "./download/download-group.ts";
import { officialServers, releasesOf, type ReleaseServers } from "./download/official-layout.ts";
import { buildGroup, goBuildOf } from "./go-modules.ts";
import {
  programGroups,
  programNames,
  type Architecture,
  type ProgramGroup,
  type ProgramName,
  type Programs,
} from "./programs.ts";
import { sha256OfText } from "../../../harness/base/sha256.ts";
import type { ComponentVersions } from "./versions.ts";

/** Where programs come from; both give the same set. */
export type ProgramSource = "download" | "build";

export interface ProgramOptions {
  versions: ComponentVersions;
  architecture: Architecture;
  /** Root of the cache. */
  cache: string;
  servers: ReleaseServers;
  onProgress: (message: string) => void;
  signal?: AbortSignal | undefined;
}

/**
 * All programs, made where they are missing. `auto` prefers what is in the cache, then downloads when the release
 * servers answer within 3 s, else (or when a download fails) builds; it says which and why.
 * The caller holds the build lock of the cache.
 * @throws KubedrillError (usage) when the source cannot give them.
 */
export async function ensurePrograms(
  source: ProgramSource | "auto",
  options: ProgramOptions,
): Promise<{ programs: Programs; source: ProgramSource }> {
  if (source !== "auto") return { programs: await fill(source, options), source };
  for (const each of ["download", "build"] as const)
    if (await allPresent(each, options)) return { programs: await fill(each, options), source: each };
  const groups = programGroups(options.versions);
  const obstacle = await whyNoDownloads(groups, options);
  if (obstacle === undefined) {
    try {
      return { programs: await fill("download", options), source: "download" };
    } catch (error) {
      options.signal?.throwIfAborted();
      options.onProgress(`the download failed, building from Go modules instead (${messageOf(error)})`);
    }
  } else options.onProgress(`no release downloads, building from Go modules instead (${obstacle})`);
  return { programs: await fill("build", options), source: "build" };
}

/** A short text that changes whenever the programs of a source would. */
export async function programsKey(
  source: ProgramSource,
  versions: ComponentVersions,
  architecture: Architecture,
) {
  const keys = programGroups(versions).map((group) => groupKey(source, group, versions, architecture));
  return sha256OfText((await Promise.all(keys)).join("\n"));
}

async function fill(source: ProgramSource, options: ProgramOptions): Promise<Programs> {
  const found = new Map<ProgramName, string>();
  for (const group of programGroups(options.versions)) {
    const directory = await groupDirectory(source, group, options);
    await ensureDirectory(directory, (into) => make(source, group, into, options));
    for (const program of group.programs) found.set(program, join(directory, program));
  }
  const missing = programNames.filter((name) => !found.has(name));
  if (missing.length > 0) throw new Error(`No group has ${missing.join(", ")}.`);
  return Object.fromEntries(found) as Programs;
}

async function make(
  source: ProgramSource,
  group: ProgramGroup,
  into: string,
  options: ProgramOptions,
): Promise<void> {
  const { architecture, signal } = options;
  const startedAt = performance.now();
  const verb = source === "build" ? "building" : "downloading";
  options.onProgress(`${verb} ${group.name} ${group.version}: ${group.programs.join(", ")}`);
  if (source === "build") await buildGroup(group, { architecture, into, signal });
  else await download(group, into, options);
  for (const program of group.programs)
    if (!(await exists(join(into, program)))) throw new Error(`${group.name} came without ${program}.`);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  options.onProgress(`${group.name} ${group.version} done after ${seconds} s`);
}

async function download(group: ProgramGroup, into: string, options: ProgramOptions): Promise<void> {
  try {
    await downloadGroup(group, { ...options, directory: join(options.cache, "downloads"), into });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw usageError(`${group.name} ${group.version} could not be downloaded: ${messageOf(error)}`, {
      cause: error,
      hint: "--components-source build builds everything from Go modules instead",
    });
  }
}

async function allPresent(source: ProgramSource, options: ProgramOptions): Promise<boolean> {
  const directories = programGroups(options.versions).map((group) => groupDirectory(source, group, options));
  const present = await Promise.all(directories.map(async (each) => exists(await each)));
  return present.every(Boolean);
}

async function groupDirectory(
  source: ProgramSource,
  group: ProgramGroup,
  options: ProgramOptions,
): Promise<string> {
  const key = await groupKey(source, group, options.versions, options.architecture);
  return join(options.cache, "programs", `${group.name}-${group.version}-${source}-${key.slice(0, 12)}`);
}

async function groupKey(
  source: ProgramSource,
  group: ProgramGroup,
  versions: ComponentVersions,
  architecture: Architecture,
): Promise<string> {
  if (source === "download")
    return sha256OfText(JSON.stringify(releasesOf(group, versions, architecture, officialServers)));
  const { directory, ...build } = goBuildOf(group);
  const files = ["go.mod", "go.sum", "main.go"].map((name) =>
    readFile(join(directory, name), "utf8").catch(() => ""),
  );
  return sha256OfText(JSON.stringify([architecture, build, await Promise.all(files)]));
}
