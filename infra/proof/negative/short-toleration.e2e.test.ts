import { controlLimitMs, expectFailure, tamperWithDemo } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "short-outage fails when pods leave a dead node at once",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const tampering = tamperWithDemo(world, (spec) => {
      spec.tolerations = (spec.tolerations ?? []).map((each) =>
        each.effect === "NoExecute" ? { ...each, tolerationSeconds: 0 } : each,
      );
    });
    const run = await runPlan({ drills: ["node/short-outage"], workload: { tolerationSeconds: 100 } });
    await tampering;
    expectFailure(run, ["workload.none-evicted"]);
  },
);
