import { controlLimitMs, expectFailure, makeCareless, tamperWithDemo } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "during-rollout fails when the application has no readiness probe and no preStop hook",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const tampering = tamperWithDemo(world, makeCareless, "edge");
    const run = await runPlan({ drills: ["ingress/during-rollout"] });
    await tampering;
    expectFailure(run, ["requests.failed"]);
  },
);
