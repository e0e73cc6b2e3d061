// For the proofs: runs kubedrill as a user does, in a process of its own, on the embedded lab that is up.
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test as base } from "vitest";
import { stringify } from "yaml";
import { labDir } from "../../harness/base/paths.ts";
import { readLabFile } from "../../harness/lab/lab-file.ts";
import { openWorld } from "../../harness/lab/open-world.ts";
import type { World } from "../../harness/lab/world.ts";
import { verdictFileSchema, type VerdictFile } from "../../reports/json/verdict-schema.ts";

/** The lab of the proofs; the same that `npm start` made. */
export const proofLab = process.env.KUBEDRILL_PROOF_LAB ?? "kubedrill";

/** What a user starts. */
export const main = join(import.meta.dirname, "..", "..", "harness", "cli", "main.ts");
const longestMs = 14 * 60_000;
const labLimitMs = 15 * 60_000;

/** Starts kubedrill; its output is kept and shown when a test fails. */
export function kubedrill(args: string[], options: { cwd?: string } = {}) {
  return execa(process.execPath, [main, ...args], {
    reject: false,
    all: true,
    timeout: longestMs,
    cwd: options.cwd ?? process.cwd(),
  });
}

export interface ProofRun {
  exitCode: number | undefined;
  output: string;
  verdict: VerdictFile;
  directory: string;
}

/** Looks as often as the built-in plans do. */
const proofPlan = { version: 1, name: "proof", title: "Proof", probes: { tickMs: 200 } };

/** Runs drills with a plan made for this proof and reads the verdict back. */
export async function runPlan(
  plan: { drills: string[]; probes?: Record<string, unknown> } & Record<string, unknown>,
  lab = proofLab,
): Promise<ProofRun> {
  const folder = await mkdtemp(join(tmpdir(), "kubedrill-proof-"));
  const planFile = join(folder, "plan.yaml");
  await writeFile(
    planFile,
    stringify({ ...proofPlan, ...plan, probes: { ...proofPlan.probes, ...plan.probes } }),
  );
  return judged(["--plan", planFile], folder, lab);
}

/** Runs one drill by its id, as a person types it. */
export async function runOn(drill: string, options: string[]): Promise<ProofRun> {
  return judged([drill, ...options], await mkdtemp(join(tmpdir(), "kubedrill-proof-")));
}

/** Runs one drill and ends it hard (kill -9) so long after it has said this. */
export async function killedAfter(drill: string, line: string, afterMs = 0): Promise<void> {
  const out = await mkdtemp(join(tmpdir(), "kubedrill-proof-"));
  const run = kubedrill(["run", drill, "--name", proofLab, "--out", out]);
  let said = "";
  run.all.on("data", (chunk: Buffer) => {
    said += chunk.toString().replaceAll(/\s+/g, " ");
    if (said.includes(line)) setTimeout(() => run.kill("SIGKILL"), afterMs);
  });
  const ended = await run;
  expect(ended.signal, ended.all).toBe("SIGKILL");
}

async function judged(what: string[], folder: string, lab = proofLab): Promise<ProofRun> {
  const result = await kubedrill(["run", ...what, "--name", lab, "--out", folder]);
  const directory = join(folder, "latest");
  const raw: unknown = JSON.parse(
    await readFile(join(directory, "verdict.json"), "utf8").catch(() => noVerdict(result.all)),
  );
  return { exitCode: result.exitCode, output: result.all, verdict: verdictFileSchema.parse(raw), directory };
}

/** A test that is given the proof lab, for breaking it on purpose behind kubedrill's back. */
export const test = base.extend<{ world: World }>({
  // The empty pattern is what vitest asks of a fixture that needs no other one.
  // eslint-disable-next-line no-empty-pattern
  world: async ({}, use) => {
    const world = await openWorld(await readLabFile(join(labDir(proofLab), "lab.yaml")));
    await use(world);
    await world.close();
  },
});

/**
 * For proofs on labs of their own: the proof lab is taken down meanwhile and comes back as it was made. Budgets are of
 * machines that have a host to themselves; another cluster of five beside them is load that no prediction knows.
 */
export function withoutProofLab(): void {
  const lab = async (what: "down" | "up") => {
    const done = await kubedrill(["lab", what, "--name", proofLab]);
    expect(done.exitCode, done.all).toBe(0);
  };
  beforeAll(() => lab("down"), labLimitMs);
  afterAll(() => lab("up"), labLimitMs);
}

/** Runs a script on machines of the proof lab. */
export async function onMachines(world: World, names: readonly string[], script: string): Promise<void> {
  await Promise.all(names.map((name) => world.machine(name).shell.run(script, { timeoutMs: 30_000 })));
}

function noVerdict(output: string): never {
  throw new Error(`The run left no verdict:\n${output}`);
}
