import { controlLimitMs, expectFailure, withTool } from "../control.ts";
import { onMachines, runPlan, test } from "../kubedrill.ts";

test(
  "what a restore leaves behind is seen: containers that the store does not know go on where the kubelet stays away",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const workers = world.machines.filter((each) => each.role === "worker").map((each) => each.name);
    // Who restores forgets that kubelets hold what an API told them before: these are stopped for it, and stay so.
    const script = `case "$*" in
  "restart kubelet") exec $real stop kubelet ;;
  *) exec $real "$@" ;;
esac`;
    try {
      await withTool(world, workers, { tool: "systemctl", script }, async () => {
        const run = await runPlan({ drills: ["recovery/drift"] });
        expectFailure(run, ["strays.end"]);
      });
    } finally {
      await onMachines(world, workers, "systemctl start kubelet");
    }
  },
);
