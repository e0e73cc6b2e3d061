import { controlLimitMs, expectFailure, tamperWithDemo } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "lose-one fails when pods are bound to a dead node for ten minutes",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const tampering = tamperWithDemo(world, (spec) => {
      spec.tolerations = (spec.tolerations ?? []).map((each) =>
        each.effect === "NoExecute" ? { ...each, tolerationSeconds: 600 } : each,
      );
    });
    const drills = ["control-plane/lose-one-neither"];
    const run = await runPlan({ drills, workload: { tolerationSeconds: 15 } });
    await tampering;
    expectFailure(run, ["workload.evicted"]);
  },
);
