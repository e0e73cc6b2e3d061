import { isEven, subjectPods } from "../../../harness/workloads/demo.ts";
import { demoName } from "../../../harness/workloads/manifests.ts";
import { boundPods, controlLimitMs, expectFailure } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "delete-pod-abrupt fails when a quota hinders the replacement",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const replicas = 13;
    const nodes = world.machines.map((each) => each.node);
    // As many as are left when three are deleted.
    const bounding = boundPods(world, replicas - 3, async (_, namespace) => {
      const pods = await subjectPods(world, { namespace, replicaSelector: `app=${demoName}` });
      // Before, some may still be moved, and would not come back.
      return isEven(pods, nodes, replicas);
    });
    const run = await runPlan({ drills: ["workloads/delete-pod-abrupt"], workload: { replicas } });
    await bounding;
    expectFailure(run, ["pod.replaced"]);
  },
);
