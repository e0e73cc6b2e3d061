import { controlLimitMs, expectFailure, withoutMetricsApi } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "ladder fails when the metrics API is away, and says so",
  { timeout: controlLimitMs },
  async ({ world }) => {
    await withoutMetricsApi(world, async () => {
      const run = await runPlan({ drills: ["ingress/ladder"], workload: { replicas: 5 } });
      expectFailure(run, ["hpa.sees-metrics"], 4);
    });
  },
);
