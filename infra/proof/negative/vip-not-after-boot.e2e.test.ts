import { afterAll, beforeAll, expect, test } from "vitest";
import type { World } from "../../../harness/lab/world.ts";
import { controlLimitMs, controlPlanes, expectFailure } from "../control.ts";
import { kubedrill, onMachines, openProofLab, proofLab, runPlan } from "../kubedrill.ts";

let world: World;
beforeAll(async () => {
  world = await openProofLab();
});
afterAll(async () => {
  await world.close();
});

test("lose-all fails when the VIP does not come back after a boot", { timeout: controlLimitMs }, async () => {
  const machines = controlPlanes(world);
  await onMachines(world, machines, "systemctl disable keepalived");
  try {
    const run = await runPlan({ drills: ["control-plane/lose-all"] });
    // Everything that goes through the VIP is away with it.
    // The demo's namespace cannot go either: the workers' kubelets have no API that could tell them to stop its pods.
    expectFailure(run, ["api.read.returned", "api.write.returned", "vip.returned"], 4);
  } finally {
    await onMachines(world, machines, "systemctl enable --now keepalived");
    const healed = await kubedrill(["heal", "--name", proofLab]);
    expect(healed.exitCode, healed.all).toBe(0);
  }
});
