import { controlLimitMs, expectFailure, tamperWithDemo } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "lose-two fails when a workload restarts because the API is away",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const { vip } = world.file.api;
    const tampering = tamperWithDemo(world, (spec) => {
      // A liveness probe that depends on the control plane: the mistake that turns its outage into everybody's.
      spec.containers[0].livenessProbe = {
        httpGet: { scheme: "HTTPS", host: vip?.address ?? "", port: vip?.port ?? 0, path: "/healthz" },
        periodSeconds: 2,
        failureThreshold: 2,
        timeoutSeconds: 2,
      };
    });
    const run = await runPlan({ drills: ["control-plane/lose-two"], workload: { tolerationSeconds: 15 } });
    await tampering;
    expectFailure(run, ["workload.containers-run-on"]);
  },
);
