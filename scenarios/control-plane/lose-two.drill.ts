// Two of three control planes lose their power at once: the API must stop, the workloads must not notice.
import { atLeast, drill, pickMachines, powerCut, predictControlPlaneLoss } from "../../harness/index.ts";

drill({
  id: "control-plane/lose-two",
  title: "Losing the majority of control planes stops the API and nothing else",
  needs: { controlPlanes: atLeast(3), vip: true, etcd: "stacked" },
  own: true,
  plan(input) {
    const machines = pickMachines("majority", input.topology);
    return { faults: { outage: powerCut(machines) }, prediction: predictControlPlaneLoss(input, machines) };
  },
  async run({ experiment, plan }) {
    await experiment.during("outage", plan.faults.outage, async (outage) => {
      await outage.settle();
      await outage.holdUntil(40_000, "writes must stay stopped and workloads must live on");
    });
    await experiment.recovered();
  },
});
