import { until } from "../../../harness/base/until.ts";
import { controlLimitMs, demoNamespace, expectFailure } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "node-pressure fails when an administrator's defaults protect the pod that should go first",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const limits = {
      apiVersion: "v1",
      kind: "LimitRange",
      metadata: { name: "defaults" },
      spec: { limits: [{ type: "Container", defaultRequest: { memory: "512Mi" } }] },
    };
    const make = async () => {
      await world.kube.main.raw("POST", `/api/v1/namespaces/${demoNamespace}/limitranges`, {
        timeoutMs: 5000,
        body: limits,
      });
      return true;
    };
    // As soon as the namespace is there, so before any pod of the drill's own.
    const made = until(make, { what: "the demo's namespace", timeoutMs: 120_000, intervalMs: 50 });
    const run = await runPlan({ drills: ["workloads/node-pressure"], workload: { replicas: 5 } });
    await made;
    // What would have gone second goes first, long before the time of the other one is over.
    expectFailure(run, ["burstable.waits"]);
  },
);
