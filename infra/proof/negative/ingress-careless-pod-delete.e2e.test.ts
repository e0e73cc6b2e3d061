import { controlLimitMs, expectFailure, makeCareless, tamperWithDemo } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "during-pod-delete fails when pods go without readiness gate and preStop",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const tampering = tamperWithDemo(world, makeCareless);
    const run = await runPlan({ drills: ["ingress/during-pod-delete"] });
    await tampering;
    expectFailure(run, ["requests.failed"]);
  },
);
