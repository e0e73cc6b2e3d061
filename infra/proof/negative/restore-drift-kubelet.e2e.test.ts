import { controlLimitMs, expectFailure } from "../control.ts";
import { onMachines, runPlan, test } from "../kubedrill.ts";
import { withTool } from "../meddling.ts";

/** A kubelet that runs while the API comes back may end what it finds before anybody restarts it. */
const stopWhenTheApiGoes = `api=$(sed -n 's/^ *server: //p' /etc/kubernetes/kubelet.conf)
nohup sh -c "while curl -sk -m 2 -o /dev/null $api/livez || curl -sk -m 2 -o /dev/null $api/livez; do sleep 0.2; done
systemctl stop kubelet" >/dev/null 2>&1 &
echo $! > /run/kubedrill-proof-watch`;

/** No lock of the restore is held by what is left running. */
const onlyMuchLater = `case "$*" in
  "restart kubelet")
    $real stop kubelet
    nohup sh -c "sleep 130; $real start kubelet" >/dev/null 2>&1 9>&- & ;;
  *) exec $real "$@" ;;
esac`;

test(
  "what a restore leaves behind is seen: containers that the store does not know go on where the kubelet stays away",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const workers = world.machines.filter((each) => each.role === "worker").map((each) => each.name);
    try {
      // They are stopped for the restore, and somebody thinks of them only when the promise is long broken.
      await withTool(world, workers, { tool: "systemctl", script: onlyMuchLater }, async () => {
        await onMachines(world, workers, stopWhenTheApiGoes);
        const run = await runPlan({ drills: ["recovery/drift"] });
        expectFailure(run, ["strays.end"]);
      });
    } finally {
      const end = "kill $(cat /run/kubedrill-proof-watch) 2>/dev/null; rm -f /run/kubedrill-proof-watch";
      await onMachines(world, workers, `${end}; systemctl start kubelet`);
    }
  },
);
