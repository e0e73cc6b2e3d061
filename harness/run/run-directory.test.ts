import { mkdir, mkdtemp, readlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { findRunDirectory, makeRunDirectory } from "./run-directory.ts";

test("latest points to the newest", async () => {
  const parent = await mkdtemp(join(tmpdir(), "kubedrill-"));
  await makeRunDirectory(parent, "first");
  const second = await makeRunDirectory(parent, "second");
  expect(await readlink(join(parent, "latest"))).toBe(basename(second.path));
  await writeFile(join(second.path, "timeline.jsonl"), "");
  expect(await findRunDirectory(parent, "latest")).toBe(join(parent, "latest"));
  expect(await findRunDirectory(parent, second.id)).toBe(second.path);
});

test("a parent that cannot be a folder is one sentence", async () => {
  const parent = await mkdtemp(join(tmpdir(), "kubedrill-"));
  await writeFile(join(parent, "file"), "");
  await expect(makeRunDirectory(join(parent, "file"), "x")).rejects.toThrow(
    /run directory .* cannot be made/,
  );
});

test("an unknown run names those that there are", async () => {
  const parent = await mkdtemp(join(tmpdir(), "kubedrill-"));
  await mkdir(join(parent, "2026-01-01-first"));
  await expect(findRunDirectory(parent, "nope")).rejects.toThrow(
    "There is no run nope; runs: 2026-01-01-first.",
  );
});
