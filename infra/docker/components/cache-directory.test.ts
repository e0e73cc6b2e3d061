import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ensureDirectory } from "./cache-directory.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kubedrill-cache-"));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

it("makes a folder once", async () => {
  const target = join(root, "deep", "target");
  let made = 0;
  const make = async (folder: string) => {
    made += 1;
    await writeFile(join(folder, "file"), "whole");
  };
  await ensureDirectory(target, make);
  await ensureDirectory(target, make);
  expect(made).toBe(1);
  expect(await readFile(join(target, "file"), "utf8")).toBe("whole");
});

it("leaves nothing when making fails, and begins anew over what a killed run has left", async () => {
  const target = join(root, "target");
  const failing = ensureDirectory(target, async (folder) => {
    await writeFile(join(folder, "half"), "");
    throw new Error("disk full");
  });
  await expect(failing).rejects.toThrow("disk full");
  expect(await readdir(root)).toEqual([]);
  await ensureDirectory(`${target}.partial`, (folder) => writeFile(join(folder, "left"), ""));
  await ensureDirectory(target, (folder) => writeFile(join(folder, "file"), ""));
  expect(await readdir(target)).toEqual(["file"]);
});
