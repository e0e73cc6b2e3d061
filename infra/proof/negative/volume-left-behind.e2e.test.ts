import { controlLimitMs, expectFailure, tamperWithDemo } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "long-outage fails when a pod does not wait for its volume but runs elsewhere without its data",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const tampering = tamperWithDemo(
      world,
      (spec) => {
        spec.volumes = [{ name: "data", emptyDir: {} }];
      },
      "keeper",
    );
    const run = await runPlan({
      drills: ["node/long-outage"],
      workload: { replicas: 13, tolerationSeconds: 15 },
    });
    await tampering;
    expectFailure(run, ["volume.waits"]);
  },
);
