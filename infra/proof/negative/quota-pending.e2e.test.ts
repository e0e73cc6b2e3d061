import { boundPods, controlLimitMs, expectFailure } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "pending-until-capacity fails when fewer pods run than fit, because of a quota",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const replicas = 13;
    const fillers = 2;
    // One of the big ones may be made: the rest does not even get as far as Pending.
    const bounding = boundPods(world, replicas + fillers + 1, async (apps, namespace) => {
      const filler = await apps.readNamespacedDeployment({ name: "filler", namespace });
      return filler.status?.readyReplicas === fillers;
    });
    const run = await runPlan({ drills: ["workloads/pending-until-capacity"], workload: { replicas } });
    await bounding;
    expectFailure(run, ["big.running"]);
  },
);
