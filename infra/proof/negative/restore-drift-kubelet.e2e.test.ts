import { controlLimitMs, expectFailure, withTool } from "../control.ts";
import { onMachines, runPlan, test } from "../kubedrill.ts";

test(
  "what a restore leaves behind is seen: containers that the store does not know go on where the kubelet stays away",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const workers = world.machines.filter((each) => each.role === "worker").map((each) => each.name);
    // They are stopped for the restore, and somebody thinks of them only when the promise is long broken.
    const script = `case "$*" in
  "restart kubelet")
    $real stop kubelet
    nohup sh -c "sleep 130; $real start kubelet" >/dev/null 2>&1 & ;;
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
