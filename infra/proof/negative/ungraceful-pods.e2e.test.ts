import { controlLimitMs, expectFailure, tamperWithDemo } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "delete-pod fails when pods go without readiness gate and preStop",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const tampering = tamperWithDemo(world, (spec) => {
      const [container] = spec.containers;
      // Out of the endpoints late, gone at once.
      delete container.readinessProbe;
      delete container.lifecycle;
    });
    const run = await runPlan({ drills: ["workloads/delete-pod"] });
    await tampering;
    expectFailure(run, ["requests.failed"]);
  },
);
