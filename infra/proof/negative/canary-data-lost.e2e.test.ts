import { controlLimitMs, demoNamespace, expectFailure } from "../control.ts";
import { onMachines, runPlan, test } from "../kubedrill.ts";

const folder = `/var/lib/kubedrill/${demoNamespace}-keeper`;
const unit = "kubedrill-proof-eraser";

test(
  "canary-pod fails when the data went with its pod, as with a volume whose policy is Delete",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const workers = world.machines.filter((each) => each.role === "worker").map((each) => each.name);
    // Once the pod is gone its container is: then nobody has the file open any more.
    const gone = "! crictl pods -q --name keeper --state Ready | grep -q .";
    const script = `for i in $(seq 3000); do if [ -e ${folder}/canary ] && ${gone}; then rm -f ${folder}/canary; exit; fi; sleep 0.1; done`;
    await onMachines(world, workers, `systemd-run --quiet --collect --unit=${unit} sh -c '${script}'`);
    try {
      const run = await runPlan({ drills: ["recovery/canary-pod"] });
      expectFailure(run, ["data.same"]);
    } finally {
      await onMachines(world, workers, `systemctl stop ${unit} 2>/dev/null || true`);
    }
  },
);
