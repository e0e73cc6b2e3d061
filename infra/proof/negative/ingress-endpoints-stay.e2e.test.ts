import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../../../harness/base/until.ts";
import type { World } from "../../../harness/lab/world.ts";
import { controlLimitMs, expectFailure } from "../control.ts";
import { openProofLab, runPlan } from "../kubedrill.ts";

let world: World;
beforeAll(async () => {
  world = await openProofLab();
});
afterAll(async () => {
  await world.close();
});

test(
  "during-worker-loss fails when the endpoints of dead pods stay",
  { timeout: controlLimitMs },
  async () => {
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
