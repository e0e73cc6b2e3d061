// A local server with the layout of the official release servers, for tests: files with checksums, a registry, and the
// misbehaviour of real networks on demand.
import { execa } from "execa";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { programGroups } from "../programs.ts";
import type { ComponentVersions } from "../versions.ts";
import { releasesOf, type ReleaseServers } from "../download/official-layout.ts";

/** Sends so many bytes and cuts the connection (once) or goes silent; or never answers. */
export type Misbehaviour = { kind: "cut" | "stall"; afterBytes: number } | { kind: "hang" };

export interface ReleaseServer {
  servers: ReleaseServers;
  /** Path → content; change it to publish something else. */
  files: Map<string, Buffer>;
  misbehave: Map<string, Misbehaviour>;
  /** Paths that do not honour Range. */
  withoutRange: Set<string>;
  requests: { path: string; range: string | undefined }[];
  close: () => Promise<void>;
}

export async function startReleaseServer(): Promise<ReleaseServer> {
  const state = {
    files: new Map<string, Buffer>(),
    misbehave: new Map<string, Misbehaviour>(),
    withoutRange: new Set<string>(),
    requests: [] as ReleaseServer["requests"],
  };
  const server = createServer((request, response) => {
    answer(request, response, state);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const root = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    ...state,
    servers: { kubernetes: `${root}/kubernetes`, github: `${root}/github`, registry: `${root}/registry` },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Publishes every program of these versions as its project does; the content of each is "<name> of <version>". */
export async function publishEverything(server: ReleaseServer, versions: ComponentVersions): Promise<void> {
  for (const group of programGroups(versions)) {
    for (const release of releasesOf(group, versions, "amd64", server.servers)) {
      if (release.kind === "program") {
        publish(server, release.url, release.checksumUrl, Buffer.from(release.program), false);
        continue;
      }
      const contents = Object.entries(release.members).map(([program, member]) => [member, program] as const);
      const archive = await packed(new Map(contents));
      if (release.kind === "archive") publish(server, release.url, release.checksumUrl, archive, true);
      else publishImage(server, release.repository, release.tag, [archive]);
    }
  }
}

/** Puts an image into the registry: an index of two architectures, a manifest, and layers (compressed archives). */
export function publishImage(
  server: ReleaseServer,
  repository: string,
  tag: string,
  layers: readonly Buffer[],
): void {
  const root = `/registry/v2/${repository}`;
  server.files.set("/registry/v2/", Buffer.from("{}"));
  for (const layer of layers) server.files.set(`${root}/blobs/sha256:${sum(layer)}`, layer);
  const manifest = Buffer.from(
    JSON.stringify({ layers: layers.map((each) => ({ digest: `sha256:${sum(each)}` })) }),
  );
  server.files.set(`${root}/manifests/sha256:${sum(manifest)}`, manifest);
  const platform = (architecture: string, digest: string) => ({
    digest,
    platform: { architecture, os: "linux" },
  });
  const manifests = [
    platform("s390x", `sha256:${sum(Buffer.from("other"))}`),
    platform("amd64", `sha256:${sum(manifest)}`),
  ];
  server.files.set(`${root}/manifests/${tag}`, Buffer.from(JSON.stringify({ manifests })));
}

/** A compressed archive with these files (path → content). */
export async function packed(contents: ReadonlyMap<string, string>): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "kubedrill-pack-"));
  try {
    for (const [path, content] of contents) {
      await mkdir(dirname(join(folder, "tree", path)), { recursive: true });
      await writeFile(join(folder, "tree", path), content);
    }
    await execa("tar", ["-C", join(folder, "tree"), "-czf", join(folder, "packed.tgz"), "."]);
    return await readFile(join(folder, "packed.tgz"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

export function sum(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function publish(
  server: ReleaseServer,
  url: string,
  checksumUrl: string,
  content: Buffer,
  named: boolean,
): void {
  const path = new URL(url).pathname;
  server.files.set(path, content);
  const line = named ? `${sum(content)}  ${path.split("/").at(-1) ?? ""}\n` : sum(content);
  server.files.set(new URL(checksumUrl).pathname, Buffer.from(line));
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  state: Pick<ReleaseServer, "files" | "misbehave" | "withoutRange" | "requests">,
): void {
  const path = request.url ?? "";
  const { range } = request.headers;
  state.requests.push({ path, range });
  const content = state.files.get(path);
  const trouble = state.misbehave.get(path);
  if (trouble?.kind === "hang") return;
  if (content === undefined) {
    response.writeHead(404).end();
    return;
  }
  const from = state.withoutRange.has(path) ? 0 : Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
  if (from > 0 && from >= content.length) {
    response.writeHead(416).end();
    return;
  }
  const rest = content.subarray(from);
  response.writeHead(from > 0 ? 206 : 200, { "content-length": String(rest.length) });
  if (trouble === undefined) response.end(rest);
  else
    response.write(rest.subarray(0, trouble.afterBytes), () => {
      if (trouble.kind !== "cut") return;
      state.misbehave.delete(path);
      response.destroy();
    });
}
