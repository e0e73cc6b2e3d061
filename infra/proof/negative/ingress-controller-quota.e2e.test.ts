import { expect } from "vitest";
import { until } from "../../../harness/base/until.ts";
import type { IngressController } from "../../../harness/lab/facts.ts";
import { readTopology } from "../../../harness/lab/discover.ts";
import type { World } from "../../../harness/lab/world.ts";
import { controlLimitMs, expectFailure, makeQuota, removeQuota } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "controller-loss fails when a quota keeps the ingress controller from coming back",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const { ingress } = await readTopology(world);
    const controller = ingress?.controller;
    if (controller === undefined) throw new Error("the lab's ingress controller was not found");
    // What runs may run on; what is deleted cannot be made anew.
    await makeQuota(world, controller.namespace, controller.pods.length - 1);
    try {
      const run = await runPlan({ drills: ["ingress/controller-loss"] });
      expectFailure(run, ["controller.replaced"]);
      const users = run.verdict.drills[0]?.expectations.find((each) => each.id === "requests.longest-gap");
      expect(users?.verdict, "nobody is served").toBe("fail");
    } finally {
      await removeQuota(world, controller.namespace);
      await comesBack(world, controller);
    }
  },
);

/**
 * Its controller has backed off after so many refusals, and any change makes it look again at once. The first look may
 * still be refused, because the API servers remember the quota for a while, and doubles the back-off: so it is nudged
 * until it has succeeded.
 */
async function comesBack(world: World, { namespace, name, pods }: IngressController): Promise<void> {
  const { main } = world.kube;
  const daemonSet = `/apis/apps/v1/namespaces/${namespace}/daemonsets/${name}`;
  const nudge = (value: string | null) =>
    main.raw("PATCH", daemonSet, {
      timeoutMs: 5000,
      body: { metadata: { annotations: { "kubedrill/nudged": value } } },
      contentType: "application/merge-patch+json",
    });
  await until(
    async () => {
      const { status } = await main.apps.readNamespacedDaemonSet({ namespace, name });
      if (status?.numberReady === pods.length) return true;
      await nudge(String(Date.now()));
      return false;
    },
    { what: `${namespace}/${name} to have all its pods again`, timeoutMs: 120_000, intervalMs: 3000 },
  );
  await nudge(null);
}
