import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { publishEverything, startReleaseServer, type ReleaseServer } from "./testing/release-server.ts";
import { ensurePrograms, programsKey, type ProgramOptions } from "./ensure-programs.ts";
import { programNames } from "./programs.ts";
import { newestVersions as versions } from "./versions.ts";

const etcdArchive = `/github/etcd-io/etcd/releases/download/v${versions.etcd}/etcd-v${versions.etcd}-linux-amd64.tar.gz`;

let server: ReleaseServer;
let cache: string;
let said: string[];

beforeEach(async () => {
  server = await startReleaseServer();
  await publishEverything(server, versions);
  cache = await mkdtemp(join(tmpdir(), "kubedrill-programs-"));
  said = [];
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
  await rm(cache, { recursive: true });
});

const options = (): ProgramOptions => ({
  versions,
  architecture: "amd64",
  cache,
  servers: server.servers,
  onProgress: (message) => said.push(message),
});
const cached = () => readdir(join(cache, "programs")).catch(() => []);

describe("downloads", () => {
  it("give every program, from programs, archives and images alike", async () => {
    const { programs, source } = await ensurePrograms("auto", options());
    expect(source).toBe("download");
    for (const name of programNames) {
      expect(await readFile(programs[name], "utf8")).toBe(name);
      expect((await stat(programs[name])).mode & 0o777).toBe(0o755);
    }
  });

  it("are not repeated, and not needed again", async () => {
    const first = await ensurePrograms("auto", options());
    const asked = server.requests.length;
    await server.close();
    expect(await ensurePrograms("auto", options())).toEqual(first);
    expect(server.requests).toHaveLength(asked);
    server = await startReleaseServer();
  });

  it("stop at a wrong checksum; of that group nothing is there, what was whole before stays", async () => {
    server.files.set(etcdArchive, Buffer.from("not what was published"));
    await expect(ensurePrograms("download", options())).rejects.toThrow(
      /etcd .* could not be downloaded.*SHA-256/,
    );
    const names = await cached();
    expect(names.filter((name) => name.startsWith("etcd"))).toEqual([]);
    expect(names.filter((name) => name.startsWith("kubernetes-1"))).toHaveLength(1);
  });

  it("go on after the group that failed when they are run again", async () => {
    const right = server.files.get(etcdArchive) ?? Buffer.alloc(0);
    server.files.set(etcdArchive, Buffer.from("not what was published"));
    await expect(ensurePrograms("download", options())).rejects.toThrow();
    server.files.set(etcdArchive, right);
    server.requests.length = 0;
    await ensurePrograms("download", options());
    expect(server.requests.filter((each) => each.path.startsWith("/kubernetes/"))).toEqual([]);
  });
});

describe("auto", () => {
  it("builds when a release server does not answer, and says why", async () => {
    server.misbehave.set(`${etcdArchive.slice(0, etcdArchive.lastIndexOf("/"))}/SHA256SUMS`, {
      kind: "hang",
    });
    vi.stubEnv("PATH", "/nonexistent");
    await expect(ensurePrograms("auto", options())).rejects.toThrow("Go is not installed");
    expect(said[0]).toMatch(
      /^no release downloads, building from Go modules instead \(.*no answer within 3 s\)$/,
    );
    expect(await cached()).toEqual([]);
  });

  it("builds when a download turns out wrong, and says why", async () => {
    const kubeApiserver = `/kubernetes/v${versions.kubernetes}/bin/linux/amd64/kube-apiserver`;
    server.files.set(kubeApiserver, Buffer.from("not what was published"));
    vi.stubEnv("PATH", "/nonexistent");
    await expect(ensurePrograms("auto", options())).rejects.toThrow("Go is not installed");
    expect(said).toContainEqual(expect.stringMatching(/^the download failed, building .*SHA-256/));
  });
});

it("has different keys for different sources, versions and processors", async () => {
  const newer = { ...versions, traefik: "3.6.7" };
  const keys = await Promise.all([
    programsKey("download", versions, "amd64"),
    programsKey("download", versions, "arm64"),
    programsKey("download", newer, "amd64"),
    programsKey("build", versions, "amd64"),
    programsKey("build", versions, "arm64"),
  ]);
  expect(new Set(keys).size).toBe(keys.length);
  expect(await programsKey("build", versions, "amd64")).toBe(keys[3]);
});
