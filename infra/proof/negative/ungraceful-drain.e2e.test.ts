import { afterAll, beforeAll, test } from "vitest";
import type { World } from "../../../harness/lab/world.ts";
import { controlLimitMs, expectFailure, tamperWithDemo } from "../control.ts";
import { openProofLab, runPlan } from "../kubedrill.ts";

let world: World;
beforeAll(async () => {
  world = await openProofLab();
});
afterAll(async () => {
  await world.close();
});

test("drain fails when pods go without readiness gate and preStop", { timeout: controlLimitMs }, async () => {
  const tampering = tamperWithDemo(world, (spec) => {
    const [container] = spec.containers;
    // Evicted with every courtesy, and gone before the last client knows.
    delete container.readinessProbe;
    delete container.lifecycle;
  });
  const run = await runPlan({ drills: ["node/drain"] });
  await tampering;
  expectFailure(run, ["requests.failed"]);
});
