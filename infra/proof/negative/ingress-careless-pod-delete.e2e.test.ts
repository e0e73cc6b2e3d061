import { afterAll, beforeAll, test } from "vitest";
import type { World } from "../../../harness/lab/world.ts";
import { controlLimitMs, expectFailure, makeCareless, tamperWithDemo } from "../control.ts";
import { openProofLab, runPlan } from "../kubedrill.ts";

let world: World;
beforeAll(async () => {
  world = await openProofLab();
});
afterAll(async () => {
  await world.close();
});

test(
  "during-pod-delete fails when pods go without readiness gate and preStop",
  { timeout: controlLimitMs },
  async () => {
    const tampering = tamperWithDemo(world, makeCareless);
    const run = await runPlan({ drills: ["ingress/during-pod-delete"] });
    await tampering;
    expectFailure(run, ["requests.failed"]);
  },
);
