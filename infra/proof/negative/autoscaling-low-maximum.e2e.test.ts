import { until } from "../../../harness/base/until.ts";
import { controlLimitMs, expectFailure } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "ladder fails when the HPA may have fewer pods than the load needs",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const path =
      "/apis/autoscaling/v2/namespaces/kubedrill-demo/horizontalpodautoscalers/ladder?fieldManager=a-colleague";
    const bound = () =>
      world.kube.main.raw("PATCH", path, {
        timeoutMs: 5000,
        contentType: "application/merge-patch+json",
        body: { spec: { maxReplicas: 2 } },
      });
    const bounding = until(() => bound().then(() => true), {
      what: "the HPA to bound",
      timeoutMs: 240_000,
      intervalMs: 200,
    });
    const run = await runPlan({ drills: ["ingress/ladder"], workload: { replicas: 5 } });
    await bounding;
    expectFailure(run, ["c1000.running"]);
  },
);
