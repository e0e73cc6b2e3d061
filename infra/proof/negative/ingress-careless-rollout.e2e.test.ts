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
  "during-rollout fails when the application has no readiness probe and no preStop hook",
  { timeout: controlLimitMs },
  async () => {
    const tampering = tamperWithDemo(world, makeCareless, "edge");
    const run = await runPlan({ drills: ["ingress/during-rollout"] });
    await tampering;
    expectFailure(run, ["requests.failed"]);
  },
);
