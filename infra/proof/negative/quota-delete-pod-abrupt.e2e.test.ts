import { afterAll, beforeAll, test } from "vitest";
import type { World } from "../../../harness/lab/world.ts";
import { boundPods, controlLimitMs, expectFailure } from "../control.ts";
import { openProofLab, runPlan } from "../kubedrill.ts";

let world: World;
beforeAll(async () => {
  world = await openProofLab();
});
afterAll(async () => {
  await world.close();
});

test(
  "delete-pod-abrupt fails when a quota hinders the replacement",
  { timeout: controlLimitMs },
  async () => {
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
