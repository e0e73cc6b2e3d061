import { expect } from "vitest";
import { controlLimitMs, controlPlanes, expectFailure } from "../control.ts";
import { kubedrill, onMachines, proofLab, runPlan, test } from "../kubedrill.ts";

test(
  "lose-all fails when the VIP does not come back after a boot",
  { timeout: controlLimitMs },
  async ({ world }) => {
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
  },
);
