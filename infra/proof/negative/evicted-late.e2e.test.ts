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
  "long-outage fails when pods are bound to a dead worker for ten minutes",
  { timeout: controlLimitMs },
  async () => {
    const tampering = tamperWithDemo(world, (spec) => {
      spec.tolerations = (spec.tolerations ?? []).map((each) =>
        each.effect === "NoExecute" ? { ...each, tolerationSeconds: 600 } : each,
      );
    });
    const run = await runPlan({ drills: ["node/long-outage"], workload: { tolerationSeconds: 15 } });
    await tampering;
    expectFailure(run, ["workload.evicted"]);
  },
);
