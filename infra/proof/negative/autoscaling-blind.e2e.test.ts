import { until } from "../../../harness/base/until.ts";
import { controlLimitMs, expectFailure } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "ladder fails when the metrics API is away, and says so",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const { apps } = world.kube.main;
    const metrics = { name: "metrics-server", namespace: "kube-system" };
    const scaleTo = async (replicas: number) => {
      const body = await apps.readNamespacedDeploymentScale(metrics);
      if (body.spec !== undefined) body.spec.replicas = replicas;
      await apps.replaceNamespacedDeploymentScale({ ...metrics, body });
    };
    const back = async () => (await apps.readNamespacedDeployment(metrics)).status?.readyReplicas === 1;
    await scaleTo(0);
    try {
      const run = await runPlan({ drills: ["ingress/ladder"], workload: { replicas: 5 } });
      expectFailure(run, ["hpa.sees-metrics"]);
    } finally {
      await scaleTo(1);
      await until(back, { what: "the metrics API to be back", timeoutMs: 120_000, intervalMs: 1000 });
    }
  },
);
