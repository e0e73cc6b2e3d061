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

test(
  "delete-pod fails when pods go without readiness gate and preStop",
  { timeout: controlLimitMs },
  async () => {
    const tampering = tamperWithDemo(world, (spec) => {
      const [container] = spec.containers;
      // Out of the endpoints late, gone at once.
      delete container.readinessProbe;
      delete container.lifecycle;
    });
    const run = await runPlan({ drills: ["workloads/delete-pod"] });
    await tampering;
    expectFailure(run, ["requests.failed"]);
  },
);
