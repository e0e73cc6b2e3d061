import { execa } from "execa";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { writeImageArchive } from "./image-archive.ts";
import { imageDefinitions } from "./images.ts";
import { programNames, type Programs } from "./programs.ts";
import { sha256OfFile } from "../../../harness/base/sha256.ts";
import { newestVersions as versions } from "./versions.ts";

const manifest = z.array(
  z.object({ Config: z.string(), RepoTags: z.array(z.string()), Layers: z.array(z.string()) }),
);
const config = z.object({
  config: z.object({ User: z.string(), Entrypoint: z.array(z.string()).optional() }),
  rootfs: z.object({ diff_ids: z.array(z.string()) }),
});

let root: string;
let programs: Programs;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kubedrill-images-"));
  for (const name of programNames) await writeFile(join(root, name), `program ${name}`, { mode: 0o755 });
  programs = Object.fromEntries(programNames.map((name) => [name, join(root, name)])) as Programs;
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

// This host's own root stands in for a machine's: the images without Debian tools take only the CA certificates from it.
const simple = imageDefinitions(versions).filter((image) => image.fromRootfs.length === 0);
const write = async (name: string) => {
  const directory = join(root, name);
  const parts = { programs, rootfs: "/", multiarch: "x86_64-linux-gnu", architecture: "amd64" as const };
  await writeImageArchive(simple, parts, directory);
  return directory;
};

it("writes one layer per image, whose digests are those of its content", async () => {
  const directory = await write("archive");
  const entries = manifest.parse(JSON.parse(await readFile(join(directory, "manifest.json"), "utf8")));
  expect(entries.flatMap((entry) => entry.RepoTags)).toEqual(simple.map((image) => image.name));
  for (const entry of entries) {
    const { rootfs } = config.parse(JSON.parse(await readFile(join(directory, entry.Config), "utf8")));
    expect(entry.Config).toBe(`${await sha256OfFile(join(directory, entry.Config))}.json`);
    const layers = entry.Layers.map(async (layer) => `sha256:${await sha256OfFile(join(directory, layer))}`);
    expect(rootfs.diff_ids).toEqual(await Promise.all(layers));
  }
});

it("puts programs where the official images have them, readable for users other than root", async () => {
  const before = process.umask(0o077);
  try {
    const directory = await write("archive");
    const entries = manifest.parse(JSON.parse(await readFile(join(directory, "manifest.json"), "utf8")));
    const etcd = entries.find((entry) => entry.RepoTags[0]?.includes("/etcd:"));
    const { stdout } = await execa("tar", ["-tvf", join(directory, etcd?.Layers[0] ?? "")]);
    const lines = stdout
      .split("\n")
      .map((line) => line.split(/\s+/))
      .map((each) => [each[0], each[1], each.at(-1)]);
    expect(lines).toContainEqual(["-rwxr-xr-x", "0/0", "./usr/local/bin/etcd"]);
    expect(lines).toContainEqual(["drwxr-xr-x", "0/0", "./usr/local/bin/"]);
    expect(lines).toContainEqual(["drwxrwxrwt", "0/0", "./tmp/"]);
  } finally {
    process.umask(before);
  }
});

it("makes the same bytes again from the same programs", async () => {
  expect(await readdir(await write("one"))).toEqual(await readdir(await write("two")));
});
