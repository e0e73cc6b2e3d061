import { controlLimitMs, expectFailure, tamperWithDemo } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "drain fails when pods go without readiness gate and preStop",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const tampering = tamperWithDemo(world, (spec) => {
      const [container] = spec.containers;
      // Evicted with every courtesy, and gone before the last client knows.
      delete container.readinessProbe;
      delete container.lifecycle;
    });
    const run = await runPlan({ drills: ["node/drain"] });
    await tampering;
    expectFailure(run, ["requests.failed"]);
  },
);
