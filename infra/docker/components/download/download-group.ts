// One source of programs: the official release downloads, each checked against the published SHA-256.
import { chmod, copyFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Architecture, ProgramGroup } from "../programs.ts";
import type { ComponentVersions } from "../versions.ts";
import { checksumFor } from "./checksum-file.ts";
import { fetchVerified } from "./fetch-verified.ts";
import { briskLimits, getText, patientLimits, RefusedError, type HttpLimits } from "./http.ts";
import { releasesOf, type Release, type ReleaseServers } from "./official-layout.ts";
import { extractMember, takeFromImage } from "./registry.ts";

export interface DownloadOptions {
  versions: ComponentVersions;
  architecture: Architecture;
  servers: ReleaseServers;
  /** Where downloaded files lie until their programs have been taken out. */
  directory: string;
  /** Existing folder that gets the programs. */
  into: string;
  limits?: HttpLimits;
  signal?: AbortSignal | undefined;
}

/**
 * Downloads all programs of a group.
 * @throws ChecksumError, RefusedError, or Error for a server that cannot be reached.
 */
export async function downloadGroup(group: ProgramGroup, options: DownloadOptions): Promise<void> {
  for (const release of releasesOf(group, options.versions, options.architecture, options.servers))
    await downloadRelease(release, options);
}

/**
 * Asks every release server that the groups need for something small. Returns why downloads will not work, or
 * `undefined` when all answer within the limit.
 */
export async function whyNoDownloads(
  groups: readonly ProgramGroup[],
  options: Pick<DownloadOptions, "versions" | "architecture" | "servers" | "signal" | "limits">,
): Promise<string | undefined> {
  const releases = groups.flatMap((each) =>
    releasesOf(each, options.versions, options.architecture, options.servers),
  );
  const questions = new Set(
    releases.map((each) => (each.kind === "image" ? `${each.registry}/v2/` : each.checksumUrl)),
  );
  const asked = [...questions].map((url) => getText(url, options.limits ?? briskLimits, options.signal));
  try {
    await Promise.all(asked);
    return undefined;
  } catch (error) {
    options.signal?.throwIfAborted();
    return error instanceof Error ? error.message : String(error);
  }
}

async function downloadRelease(release: Release, options: DownloadOptions): Promise<void> {
  const limits = options.limits ?? patientLimits;
  const { directory, signal } = options;
  if (release.kind === "image") {
    const members = new Map(targets(release.members, options.into));
    await takeFromImage(release, members, options.architecture, { directory, limits, signal });
    return;
  }
  const name = basename(new URL(release.url).pathname);
  const sums = await getText(release.checksumUrl, limits, signal);
  const sha256 = checksumFor(sums, name);
  if (sha256 === undefined) throw new RefusedError(`${release.checksumUrl} has no SHA-256 of ${name}`);
  const file = await fetchVerified({ url: release.url, sha256 }, { directory, limits, signal });
  if (release.kind === "program") {
    const target = join(options.into, release.program);
    await copyFile(file, target);
    await chmod(target, 0o755);
    return;
  }
  for (const [member, target] of targets(release.members, options.into))
    if (!(await extractMember(file, member, target, signal)))
      throw new RefusedError(`${release.url} does not contain ${member}`);
}

/** Member path → path of the program in `into`. */
function targets(members: Partial<Record<string, string>>, into: string): [string, string][] {
  return Object.entries(members).flatMap(([program, member]) =>
    member === undefined ? [] : [[member, join(into, program)]],
  );
}
