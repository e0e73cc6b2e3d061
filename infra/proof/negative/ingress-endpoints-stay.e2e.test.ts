import { expect } from "vitest";
import { until } from "../../../harness/base/until.ts";
import { controlLimitMs, expectFailure } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "during-worker-loss fails when the endpoints of dead pods stay",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const { main } = world.kube;
    // A setting for peers that must find each other early; on a Service for users it keeps the dead among the living.
    const publish = () =>
      main.raw("PATCH", "/api/v1/namespaces/kubedrill-demo/services/web", {
        timeoutMs: 5000,
        body: { spec: { publishNotReadyAddresses: true } },
        contentType: "application/merge-patch+json",
      });
    const tampering = until(publish, {
      what: "the demo's Service to tamper with",
      timeoutMs: 120_000,
      intervalMs: 50,
    });
    const run = await runPlan({ drills: ["ingress/during-worker-loss"] });
    await tampering;
    expectFailure(run, ["endpoints.marked"]);
    const felt = run.verdict.drills[0]?.expectations.find((each) => each.id === "requests.failed-later");
    expect(felt?.verdict, "users feel it for as long").toBe("fail");
  },
);
