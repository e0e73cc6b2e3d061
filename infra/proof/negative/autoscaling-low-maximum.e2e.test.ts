import { expect } from "vitest";
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
    const over = new AbortController();
    let bounded = 0;
    // Again and again: the first that is found may be one that an earlier run has left, and that is about to go.
    const bounding = until(
      async () => {
        bounded += await bound().then(
          () => 1,
          () => 0,
        );
        return false;
      },
      { what: "the end of the run", timeoutMs: controlLimitMs, intervalMs: 500, signal: over.signal },
    ).catch(() => undefined);
    const run = await runPlan({ drills: ["ingress/ladder"], workload: { replicas: 5 } });
    over.abort();
    await bounding;
    expect(bounded).toBeGreaterThan(0);
    expectFailure(run, ["hpa.not-held-back"]);
  },
);
