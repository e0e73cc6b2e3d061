import { until } from "../../../harness/base/until.ts";
import { controlLimitMs, expectFailure, tamperWithDemo } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "ladder fails when pods that are added never get ready",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const path = "/apis/autoscaling/v2/namespaces/kubedrill-demo/horizontalpodautoscalers/ladder";
    // The first pod is Ready and measured by then; what comes after it gets the broken template.
    const active = async () => {
      const seen = (await world.kube.main.raw("GET", path, { timeoutMs: 5000 })) as {
        status?: { conditions?: { type: string; status: string }[] };
      };
      return seen.status?.conditions?.some((each) => each.type === "ScalingActive" && each.status === "True");
    };
    const breaking = (async () => {
      await until(active, { what: "the HPA of ladder to see usage", timeoutMs: 240_000, intervalMs: 500 });
      await tamperWithDemo(
        world,
        ({ containers: [container] }) => {
          container.readinessProbe = { tcpSocket: { port: 9 }, periodSeconds: 1 };
        },
        "ladder",
      );
    })();
    const run = await runPlan({ drills: ["ingress/ladder"], workload: { replicas: 5 } });
    await breaking;
    // An HPA counts pods that are not Ready as idle when it would grow (replica_calculator.go), so it may not even want more.
    expectFailure(run, ["c1000.reacted", "c1000.running"]);
  },
);
