import { controlLimitMs, demoNamespace, expectFailure } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";
import { withMeddler } from "../meddling.ts";

const folder = `/var/lib/kubedrill/${demoNamespace}-keeper`;

test(
  "canary-pod fails when the data went with its pod, as with a volume whose policy is Delete",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const workers = world.machines.filter((each) => each.role === "worker").map((each) => each.name);
    // Once the pod is gone its container is: then nobody has the file open any more.
    const gone = "! crictl pods -q --name keeper --state Ready | grep -q .";
    const erase = `if [ -e ${folder}/canary ] && ${gone}; then rm -f ${folder}/canary; exit; fi`;
    await withMeddler(world, workers, erase, async () => {
      expectFailure(await runPlan({ drills: ["recovery/canary-pod"] }), ["data.same"]);
    });
  },
);
