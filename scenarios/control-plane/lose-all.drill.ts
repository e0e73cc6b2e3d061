// Every control plane loses its power at once: no API, no VIP; what runs on the workers runs on.
import { atLeast, drill, pickMachines, powerCut, predictControlPlaneLoss } from "../../harness/index.ts";

drill({
  id: "control-plane/lose-all",
  title: "Losing every control plane leaves the workloads alive, and everything comes back",
  needs: { controlPlanes: atLeast(1), workers: atLeast(1), etcd: "stacked" },
  own: true,
  plan(input) {
    const machines = pickMachines("all-control-planes", input.topology);
    return { faults: { outage: powerCut(machines) }, prediction: predictControlPlaneLoss(input, machines) };
  },
  async run({ experiment, plan }) {
    await experiment.during("outage", plan.faults.outage, async (outage) => {
      await outage.settle();
      await outage.holdUntil(20_000, "workloads must live on without any control plane");
    });
    await experiment.recovered();
  },
});
