// etcd as a service on machines of its own: restores that must go well, one that must not, and some that are broken off. The
// lab is made for it and taken away again.
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { labDir } from "../../harness/base/paths.ts";
import { readLabFile } from "../../harness/lab/lab-file.ts";
import { openWorld } from "../../harness/lab/open-world.ts";
import type { World } from "../../harness/lab/world.ts";
import { controlLimitMs, expectFailure } from "./control.ts";
import { kubedrill, runPlan, withoutProofLab } from "./kubedrill.ts";
import { withTool, withWrongOwner } from "./meddling.ts";
import { killedAndHealed, nothingIsLeft } from "./restore-cases.ts";

const lab = "proof-external";
let world: World;

withoutProofLab();

beforeAll(async () => {
  const shape = ["--control-planes", "3", "--workers", "1", "--etcd", "external"];
  const up = await kubedrill(["lab", "up", "--name", lab, ...shape]);
  expect(up.exitCode, up.all).toBe(0);
  world = await openWorld(await readLabFile(join(labDir(lab), "lab.yaml")));
}, controlLimitMs);

afterAll(async () => {
  await world.close();
  await kubedrill(["lab", "down", "--name", lab, "--forget"]);
}, controlLimitMs);

test.for(["recovery/new-directory", "recovery/force-new-cluster"])(
  "%s keeps every promise",
  { timeout: controlLimitMs },
  async (drill) => {
    const run = await runPlan({ drills: [drill] }, lab);
    expect(run.exitCode, run.output).toBe(0);
    expect(run.verdict.drills[0]?.verdict).toBe("pass");
  },
);

test(
  "a restore fails when the data of one member belongs to somebody else",
  { timeout: controlLimitMs },
  async () => {
    const [first = ""] = world.etcdMachines.map((each) => each.name);
    await withTool(world, [first], withWrongOwner, async () => {
      const run = await runPlan({ drills: ["recovery/new-directory"] }, lab);
      expectFailure(run, ["restore.outcome", "restore.started"]);
      expect(run.verdict.drills[0]?.reason).toContain(first);
      expect(run.output).toContain("the old data is served again");
    });
    await nothingIsLeft(world);
  },
);

test.for(["stop", "swap", "start", "serve"])(
  "kill -9 in the phase %s of a restore, then heal: on one of the two, never in between",
  { timeout: controlLimitMs },
  (phase) => killedAndHealed(world, phase),
);

test("what needs etcd on the control planes says so", { timeout: controlLimitMs }, async () => {
  const rebuild = await kubedrill(["rebuild", "--name", lab, "--lost", "cp2", "cp3", "--yes"]);
  expect(rebuild.exitCode, rebuild.all).toBe(2);
  expect(rebuild.all).toContain("this lab's is external");
  const drill = await kubedrill(["run", "recovery/stacked-swap", "--name", lab, "--dry-run"]);
  expect(drill.all).toContain("needs stacked etcd, the lab's is external");
});
