import { afterAll, beforeAll, test } from "vitest";
import type { World } from "../../../harness/lab/world.ts";
import { controlLimitMs, controlPlanes, expectFailure, vipHolder } from "../control.ts";
import { onMachines, openProofLab, runPlan } from "../kubedrill.ts";

let world: World;
beforeAll(async () => {
  world = await openProofLab();
});
afterAll(async () => {
  await world.close();
});

test("lose-one fails when no peer can take the VIP over", { timeout: controlLimitMs }, async () => {
  const holder = await vipHolder(world);
  const peers = controlPlanes(world).filter((each) => each !== holder);
  await onMachines(world, peers, "systemctl stop keepalived");
  try {
    const drills = ["control-plane/lose-one-vip-holder"];
    expectFailure(await runPlan({ drills, workload: { tolerationSeconds: 15 } }), ["vip.moved"]);
  } finally {
    await onMachines(world, peers, "systemctl start keepalived");
  }
});
