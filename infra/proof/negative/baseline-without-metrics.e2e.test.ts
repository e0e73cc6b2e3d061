import { controlLimitMs, expectFailure, withoutMetricsApi } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test("idle-baseline fails when the metrics API is away", { timeout: controlLimitMs }, async ({ world }) => {
  await withoutMetricsApi(world, async () => {
    const run = await runPlan({ drills: ["cluster/idle-baseline"], workload: { replicas: 5 } });
    expectFailure(run, ["metrics.answers"], 4);
  });
});
