// Wrong use is one clear sentence with the right exit code and nothing half done; a dry run touches nothing.
import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect } from "vitest";
import { labDir } from "../../harness/base/paths.ts";
import { kubedrill, main, proofLab, test } from "./kubedrill.ts";

const limitMs = 120_000;

async function folder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "kubedrill-proof-"));
}

test.each([
  [
    "an unknown drill",
    ["run", "control-plane/lose-none"],
    /There is no drill control-plane\/lose-none; drills: /,
  ],
  ["an unknown plan", ["run", "--plan", "nope"], /There is no plan nope; plans: /],
  [
    "drills and a plan",
    ["run", "workloads/delete-pod", "--plan", "first"],
    /Name drills or a plan, not both/,
  ],
  ["a lab that is not there", ["run", "--name", "nowhere"], /labs\/nowhere\/lab.yaml cannot be read/],
  ["a wrong number", ["run", "--repeat", "0"], /a whole number from 1 to 1000/],
  ["an unknown verb", ["brake"], /unknown command 'brake'/],
])("%s is refused with exit code 2", { timeout: limitMs }, async (_, args, words) => {
  const out = await folder();
  const run = await kubedrill(args, { cwd: out });
  expect(run.exitCode, run.all).toBe(2);
  expect(run.all).toMatch(words);
  expect(run.all).not.toMatch(/^\s+at /m);
  expect(await readdir(out)).toEqual([]);
});

test("a broken lab file names the place", { timeout: limitMs }, async () => {
  const file = join(await folder(), "lab.yaml");
  await writeFile(file, "version: 1\nname: x\nmachines: []\n");
  const run = await kubedrill(["run", "--lab", file]);
  expect(run.exitCode).toBe(2);
  expect(run.all).toContain(`Lab file ${file} is wrong at machines`);
});

test("a run directory that cannot be made, before anything is touched", { timeout: limitMs }, async () => {
  const file = join(await folder(), "file");
  await writeFile(file, "");
  const run = await kubedrill([
    "run",
    "workloads/delete-pod",
    "--name",
    proofLab,
    "--out",
    join(file, "runs"),
  ]);
  expect(run.exitCode, run.all).toBe(2);
  expect(run.all).toMatch(/run directory .* cannot be made/);
});

test("a full disk is noticed before anything is touched", { timeout: limitMs }, async () => {
  const out = await folder();
  await mkdir(join(out, "full"));
  await execa("mount", ["-t", "tmpfs", "-o", "size=1m", "kubedrill-proof", join(out, "full")]);
  try {
    const run = await kubedrill([
      "run",
      "workloads/delete-pod",
      "--name",
      proofLab,
      "--out",
      join(out, "full", "runs"),
    ]);
    expect(run.exitCode, run.all).toBe(2);
    expect(run.all).toMatch(/has \d+ MiB free; a run needs 200 MiB/);
  } finally {
    await execa("umount", [join(out, "full")]);
  }
});

test("another cluster than the one in the lab file is refused", { timeout: limitMs }, async () => {
  const file = join(labDir(proofLab), "lab.yaml");
  const { stdout } = await execa("sed", ["s/clusterUid: .*/clusterUid: somebody-else/", file]);
  const other = join(labDir(proofLab), "proof-other.yaml");
  await writeFile(other, stdout, { mode: 0o600 });
  const run = await kubedrill(["run", "workloads/delete-pod", "--lab", other, "--out", await folder()]);
  await execa("rm", [other]);
  expect(run.exitCode, run.all).toBe(2);
  expect(run.all).toContain("the lab file says somebody-else");
});

test(
  "--dry-run prints targets and predictions and touches nothing",
  { timeout: limitMs },
  async ({ world }) => {
    const state = async () => {
      const powers = await Promise.all(world.machines.map((each) => each.power.status()));
      const namespaces = await world.kube.main.core.listNamespace();
      return { powers, namespaces: namespaces.items.map((each) => each.metadata?.name) };
    };
    const before = await state();
    const out = await folder();
    const run = await kubedrill(["run", "--plan", "first", "--dry-run", "--name", proofLab], { cwd: out });
    expect(run.exitCode, run.all).toBe(0);
    expect(run.all).toMatch(/breaks: power cut of cp\d/);
    expect(run.all).toContain("Nothing was touched.");
    expect(await state()).toEqual(before);
    expect(await readdir(out)).toEqual([]);
  },
);

test(
  "whoever reads the output may leave: the run ends all the same, with its report",
  { timeout: 3 * limitMs },
  async () => {
    const out = await folder();
    const run = ["run", "cluster/idle-baseline", "--name", proofLab, "--out", out];
    const piped = ["-o", "pipefail", "-c", '"$0" "$@" | head -n 1', process.execPath, main, ...run];
    const { exitCode, stderr } = await execa("bash", piped, { reject: false, timeout: 2 * limitMs });
    expect(exitCode, stderr).toBe(0);
    expect(await readdir(join(out, "latest"))).toContain("report.html");
  },
);
