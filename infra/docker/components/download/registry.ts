// Takes programs out of container images of a registry, layer by layer, every piece checked against its digest.
import { execa } from "execa";
import { createHash } from "node:crypto";
import { z } from "zod";
import { endsWithUs } from "../ends-with-us.ts";
import type { Architecture } from "../programs.ts";
import { fetchVerified, type FetchOptions } from "./fetch-verified.ts";
import { get, RefusedError } from "./http.ts";

export interface ImageReference {
  /** Root of the registry, such as https://registry.example. */
  registry: string;
  repository: string;
  tag: string;
}

const descriptor = z.object({
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  platform: z.object({ architecture: z.string(), os: z.string() }).optional(),
});
const index = z.object({ manifests: z.array(descriptor) });
const manifest = z.object({ layers: z.array(descriptor) });

const accepted = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/**
 * Finds each of `members` (paths without leading slash) in the image and copies it to the path that `members` names.
 * The topmost layer that has a file wins, as in a running container.
 * @throws RefusedError when the image has no such file or no build for this architecture.
 */
export async function takeFromImage(
  image: ImageReference,
  members: ReadonlyMap<string, string>,
  architecture: Architecture,
  options: FetchOptions,
): Promise<void> {
  const missing = new Map(members);
  for (const digest of (await layersOf(image, architecture, options)).toReversed()) {
    if (missing.size === 0) return;
    const url = `${image.registry}/v2/${image.repository}/blobs/${digest}`;
    const layer = await fetchVerified({ url, sha256: digest.slice("sha256:".length) }, options);
    for (const [member, target] of missing)
      if (await extractMember(layer, member, target, options.signal)) missing.delete(member);
  }
  if (missing.size > 0)
    throw new RefusedError(`${image.repository}:${image.tag} has no ${[...missing.keys()].join(", ")}`);
}

/** Copies one file out of a compressed archive; false when it is not in there. */
export async function extractMember(
  archive: string,
  member: string,
  target: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const limits = { timeout: 300_000, ...(signal && { cancelSignal: signal }) };
  const { stdout } = await execa("tar", ["-tzf", archive], limits);
  const name = stdout.split("\n").find((line) => line.replace(/^\.?\//, "") === member);
  if (name === undefined) return false;
  await execa(...endsWithUs("tar", ["-xzf", archive, "-O", "--", name]), {
    ...limits,
    stdout: { file: target },
    buffer: false,
  });
  await execa("chmod", ["0755", target], limits);
  return true;
}

async function layersOf(
  image: ImageReference,
  architecture: Architecture,
  options: FetchOptions,
): Promise<string[]> {
  const top = await manifestText(image, image.tag, options);
  const list = index.safeParse(JSON.parse(top));
  if (!list.success) return digests(top);
  const fitting = list.data.manifests.find(
    (each) => each.platform?.os === "linux" && each.platform.architecture === architecture,
  );
  if (fitting === undefined)
    throw new RefusedError(`${image.repository}:${image.tag} is not built for ${architecture}`);
  return digests(await manifestText(image, fitting.digest, options));
}

function digests(text: string): string[] {
  return manifest.parse(JSON.parse(text)).layers.map((layer) => layer.digest);
}

/** A manifest by tag is as true as the connection; by digest it must have that digest. */
async function manifestText(
  image: ImageReference,
  reference: string,
  options: FetchOptions,
): Promise<string> {
  const url = `${image.registry}/v2/${image.repository}/manifests/${reference}`;
  const response = await get(url, options.limits, { headers: { accept: accepted }, signal: options.signal });
  const text = await response.text();
  const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
  const promised = reference.startsWith("sha256:")
    ? reference
    : response.headers.get("docker-content-digest");
  if (promised !== null && promised !== digest)
    throw new RefusedError(`${url} does not have the digest ${promised}`);
  return text;
}
