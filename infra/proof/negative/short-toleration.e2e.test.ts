import { afterAll, beforeAll, test } from "vitest";
import type { World } from "../../../harness/lab/world.ts";
import { controlLimitMs, expectFailure, tamperWithDemo } from "../control.ts";
import { openProofLab, runPlan } from "../kubedrill.ts";

let world: World;
beforeAll(async () => {
  world = await openProofLab();
});
afterAll(async () => {
  await world.close();
});

test("short-outage fails when pods leave a dead node at once", { timeout: controlLimitMs }, async () => {
  const tampering = tamperWithDemo(world, (spec) => {
    spec.tolerations = (spec.tolerations ?? []).map((each) =>
      each.effect === "NoExecute" ? { ...each, tolerationSeconds: 0 } : each,
    );
  });
  const run = await runPlan({ drills: ["node/short-outage"], workload: { tolerationSeconds: 100 } });
  await tampering;
  expectFailure(run, ["workload.none-evicted"]);
});
