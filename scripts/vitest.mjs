// Runs one vitest project with readable progress, and counts its tests from the JSON that it leaves.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./children.mjs";
import { tallyOf } from "./tally.mjs";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * @param {string} project as in vitest.config.ts @param {number} timeoutMs @param {readonly string[]} [args]
 * @returns {Promise<import("./tally.mjs").Tally>}
 */
export async function runVitest(project, timeoutMs, args = []) {
  const folder = mkdtempSync(join(tmpdir(), "kubedrill-test-"));
  const file = join(folder, "vitest.json");
  const cli = join(root, "node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  try {
    const { code } = await run(
      process.execPath,
      [cli, "run", "--root", root, "--project", project, ...reporters, ...args],
      { cwd: root, timeoutMs },
    );
    return tallyOf(read(file), code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
