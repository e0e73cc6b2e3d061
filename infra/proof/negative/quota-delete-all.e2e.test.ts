import { boundPods, controlLimitMs, expectFailure } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "delete-all fails when a quota hinders the replacement",
  { timeout: controlLimitMs },
  async ({ world }) => {
    // Made when everything is there: what runs may run on, what is deleted cannot all be made anew.
    const bounding = boundPods(world, 5, async (apps, namespace) => {
      const stateful = await apps.readNamespacedStatefulSet({ name: "stateful", namespace });
      const daemon = await apps.readNamespacedDaemonSet({ name: "daemon", namespace });
      const wanted = daemon.status?.desiredNumberScheduled ?? 0;
      return stateful.status?.readyReplicas === 1 && wanted > 0 && daemon.status?.numberReady === wanted;
    });
    const run = await runPlan({ drills: ["workloads/delete-all"] });
    await bounding;
    expectFailure(run, ["pod.replaced"]);
  },
);
