import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Machine } from "../lab/world.ts";
import type { RunOptions } from "../shell/shell.ts";
import { fetchFile, lookAtFile, sendFile } from "./transfer.ts";

/** This host as a machine, whose shell fails as often as it is told to. */
function machineThatFails(times: number): Pick<Machine, "name" | "shell"> {
  let left = times;
  return {
    name: "m1",
    shell: {
      run: async (script: string, options: RunOptions) => {
        if (script.includes("base64") && left > 0) {
          left -= 1;
          // What a connection that is cut in the middle leaves behind.
          await execa("sh", ["-c", script], { input: (options.stdin ?? "").slice(0, 400), reject: false });
          throw new Error("the connection was lost");
        }
        const { stdout } = await execa("sh", ["-c", script], { input: options.stdin ?? "" });
        return { exitCode: 0, stdout, stderr: "" };
      },
      stream: () => Promise.reject(new Error("not here")),
      readFile: () => Promise.reject(new Error("not here")),
      close: () => Promise.resolve(),
    },
  };
}

let folder: string;
/** Two pieces and a bit. */
const bytes = Buffer.alloc(17 * 1024 * 1024, "kubedrill");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kubedrill-transfer-"));
  writeFileSync(join(folder, "there"), bytes);
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("a file comes over whole, for its owner only, although a piece has to be asked for again", async () => {
  const machine = machineThatFails(1) as Machine;
  await fetchFile(machine, await lookAtFile(machine, join(folder, "there")), join(folder, "here"));
  expect(readFileSync(join(folder, "here")).equals(bytes)).toBe(true);
  expect(statSync(join(folder, "here")).mode & 0o777).toBe(0o600);
});

test("a file goes over whole, although a piece is cut off on its way", async () => {
  const machine = machineThatFails(1) as Machine;
  await sendFile(machine, join(folder, "there"), join(folder, "far"));
  expect(readFileSync(join(folder, "far")).equals(bytes)).toBe(true);
  expect(statSync(join(folder, "far")).mode & 0o777).toBe(0o600);
});

test("a file that changes meanwhile is not taken", async () => {
  const machine = machineThatFails(0) as Machine;
  const seen = await lookAtFile(machine, join(folder, "there"));
  writeFileSync(join(folder, "there"), Buffer.alloc(bytes.length, "x"));
  await expect(fetchFile(machine, seen, join(folder, "here"))).rejects.toThrow("another checksum");
});

test("a machine that never answers ends it", async () => {
  const machine = machineThatFails(9) as Machine;
  const seen = await lookAtFile(machine, join(folder, "there"));
  await expect(fetchFile(machine, seen, join(folder, "here"))).rejects.toThrow("the connection was lost");
});
