import { controlLimitMs, expectFailure } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "ladder fails when pods find no room, where the plan says that this is a failure",
  { timeout: controlLimitMs },
  async () => {
    const plan = { drills: ["ingress/ladder"], workload: { replicas: 5 }, failOnSaturation: true };
    expectFailure(await runPlan(plan), ["hpa.all-fit"]);
  },
);
