import { controlLimitMs, expectFailure, tamperWithDemo } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "long-outage fails when pods are bound to a dead worker for ten minutes",
  { timeout: controlLimitMs },
  async ({ world }) => {
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
