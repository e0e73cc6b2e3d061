import { mkdir, mkdtemp, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { copyVar, linkImages } from "./copy-var.ts";

const snapshots = "io.containerd.snapshotter.v1.overlayfs/snapshots";
const blobs = "io.containerd.content.v1.content/blobs";
let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kubedrill-copy-"));
  await put("store/containerd", `${snapshots}/1/fs/bin`, "program");
  await put("store/containerd", `${blobs}/sha256/abc`, "manifest");
  await put("store/containerd", "io.containerd.metadata.v1.bolt/meta.db", "images");
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

test("images are shared, databases are not", async () => {
  await mkdir(join(root, "var"));
  await linkImages(join(root, "store/containerd"), join(root, "var"));
  const machine = "var/lib/containerd";
  expect(await inode(machine, `${snapshots}/1/fs/bin`)).toBe(
    await inode("store/containerd", `${snapshots}/1/fs/bin`),
  );
  expect(await inode(machine, `${blobs}/sha256/abc`)).toBe(
    await inode("store/containerd", `${blobs}/sha256/abc`),
  );
  await writeFile(join(root, machine, "io.containerd.metadata.v1.bolt/meta.db"), "changed");
  expect(await readFile(join(root, "store/containerd/io.containerd.metadata.v1.bolt/meta.db"), "utf8")).toBe(
    "images",
  );
});

test("a copy of a machine's disk shares only what the store has", async () => {
  await mkdir(join(root, "var"));
  await linkImages(join(root, "store/containerd"), join(root, "var"));
  await put("var/lib/containerd", `${snapshots}/7/fs/written-by-a-container`, "one");
  await put("var", "lib/etcd/member/wal", "entries");
  await put("var", "log/journal", "lines");
  await copyVar(join(root, "var"), join(root, "copy"), join(root, "store/containerd"));
  await writeFile(join(root, "var/lib/containerd", `${snapshots}/7/fs/written-by-a-container`), "two");
  await writeFile(join(root, "var/lib/etcd/member/wal"), "more entries");
  const copied = (path: string) => readFile(join(root, "copy", path), "utf8");
  expect(await copied(`lib/containerd/${snapshots}/7/fs/written-by-a-container`)).toBe("one");
  expect(await copied("lib/etcd/member/wal")).toBe("entries");
  expect(await copied("log/journal")).toBe("lines");
  expect(await inode("copy/lib/containerd", `${snapshots}/1/fs/bin`)).toBe(
    await inode("store/containerd", `${snapshots}/1/fs/bin`),
  );
});

test("preallocated zeros cost nothing in a copy", async () => {
  await put("var", "lib/etcd/wal", "");
  const file = await open(join(root, "var/lib/etcd/wal"), "w");
  await file.write(Buffer.alloc(4 * 2 ** 20));
  await file.close();
  await copyVar(join(root, "var"), join(root, "copy"), join(root, "store/containerd"));
  const { size, blocks } = await stat(join(root, "copy/lib/etcd/wal"));
  expect(size).toBe(4 * 2 ** 20);
  expect(blocks * 512).toBeLessThan(2 ** 20);
});

async function put(base: string, path: string, text: string): Promise<void> {
  await mkdir(join(root, base, path, ".."), { recursive: true });
  await writeFile(join(root, base, path), text);
}

async function inode(base: string, path: string): Promise<number> {
  return (await stat(join(root, base, path))).ino;
}
