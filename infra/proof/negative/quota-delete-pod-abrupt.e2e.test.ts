import { boundPods, controlLimitMs, expectFailure } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "delete-pod-abrupt fails when a quota hinders the replacement",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const replicas = 13;
    // As many as are left when three are deleted.
    const bounding = boundPods(world, replicas - 3, async (apps, namespace) => {
      const web = await apps.readNamespacedDeployment({ name: "web", namespace });
      return web.status?.readyReplicas === replicas && web.status.updatedReplicas === replicas;
    });
    const run = await runPlan({ drills: ["workloads/delete-pod-abrupt"], workload: { replicas } });
    await bounding;
    expectFailure(run, ["pod.replaced"]);
  },
);
