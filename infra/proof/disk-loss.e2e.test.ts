// The disaster as a drill: every control plane loses its disk. Green, red, and ended in the middle; the lab is made anew after.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, expect } from "vitest";
import { labDir } from "../../harness/base/paths.ts";
import { until } from "../../harness/base/until.ts";
import { readLabFile } from "../../harness/lab/lab-file.ts";
import { openWorld } from "../../harness/lab/open-world.ts";
import type { World } from "../../harness/lab/world.ts";
import { Ledger } from "../../harness/safety/ledger.ts";
import { allReady, controlLimitMs, controlPlanes, expectFailure } from "./control.ts";
import { killedAfter, kubedrill, proofLab, runPlan, test } from "./kubedrill.ts";
import { without } from "./meddling.ts";
import { nothingIsLeft } from "./restore-cases.ts";

const drill = "recovery/disaster";
const onLab = ["--name", proofLab];
afterAll(async () => {
  const reset = await kubedrill(["lab", "reset", ...onLab]);
  expect(reset.exitCode, reset.all).toBe(0);
}, controlLimitMs);

test(
  "every control plane loses its disk, and the cluster comes back from the snapshot",
  { timeout: controlLimitMs },
  async () => {
    const run = await runPlan({ drills: [drill] });
    expect(run.exitCode, run.output).toBe(0);
    expect(run.verdict.drills[0]?.verdict).toBe("pass");
    await isWhole();
  },
);

test.for([
  ["while machines are made anew", "fault: loss of", 4000],
  ["when machines have nothing", "confirmed: cp1, cp2, cp3 are other machines", 0],
  ["while they are given what was kept", "swap: unpack the configuration", 500],
  ["while clients are given the restored", "serve: start controller", 0],
] as const)(
  "kill -9 of it %s, then heal: one cluster of all members",
  { timeout: controlLimitMs },
  async ([, line, afterMs]) => {
    await killedAfter(drill, line, afterMs);
    expect(new Ledger(proofLab).pending().map((each) => each.kind)).toContain("machines.disk-loss");
    const healed = await kubedrill(["heal", ...onLab]);
    expect(healed.exitCode, healed.all).toBe(0);
    await isWhole();
  },
);

test(
  "it fails when each new machine becomes a cluster of its own, which heal then mends",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const names = ["--name", "--initial-cluster", "--initial-cluster-token", "--initial-advertise-peer-urls"];
    const tampering = Promise.all(
      controlPlanes(world).map((each) => onceMadeAnew(world, each, "etcdutl", without({ withValue: names }))),
    );
    const run = await runPlan({ drills: [drill] });
    await tampering;
    expectFailure(run, ["members.rebuild.know-each-other", "rebuild.outcome"]);
    const words = run.output.replaceAll(/\s+/g, " ");
    expect(words).toContain("knows only itself");
    expect(words).toContain("there are machines with nothing on them again");
    await isWhole();
  },
);

/** One cluster, all nodes Ready, nothing to heal. */
async function isWhole(): Promise<void> {
  // Its machines have other host keys now.
  const world = await openWorld(await readLabFile(join(labDir(proofLab), "lab.yaml")));
  try {
    await allReady(world);
    await nothingIsLeft(world);
  } finally {
    await world.close();
  }
}

/**
 * As soon as there is another machine in its place, a tool of it does something else, once; see `withTool`. It is put there
 * from outside: a machine that is booting is left alone.
 */
async function onceMadeAnew(world: World, name: string, tool: string, script: string): Promise<void> {
  const power = world.file.machines.find((each) => each.name === name)?.power;
  const before = await idOf(power?.container ?? "");
  const folder = await mkdtemp(join(tmpdir(), "kubedrill-proof-"));
  const wrapper = join(folder, tool);
  const real = `real=$(PATH=/usr/local/bin:/usr/bin:/bin; command -v ${tool})`;
  await writeFile(wrapper, `#!/bin/sh\n${real}\nrm -f "$0"\n${script}\n`, { mode: 0o755 });
  await until(
    async () => {
      const now = await idOf(power?.container ?? "");
      if (now === "" || now === before) return false;
      await execa("docker", ["cp", wrapper, `${now}:/usr/local/sbin/${tool}`], { timeout: 10_000 });
      return true;
    },
    { what: `another machine in the place of ${name}`, timeoutMs: 240_000, intervalMs: 100 },
  );
  await rm(folder, { recursive: true });
}

/** Of the container; "" when there is none. */
async function idOf(container: string): Promise<string> {
  const { stdout } = await execa("docker", ["inspect", "--format={{.Id}}", container], {
    reject: false,
    timeout: 10_000,
  });
  return stdout.trim();
}
