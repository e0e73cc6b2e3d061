// One of the control planes loses its power: nobody should notice for longer than the failover takes.
import { atLeast, drill, pickMachines, powerCut, predictControlPlaneLoss } from "../../harness/index.ts";

const victims = {
  "vip-holder": "the machine that holds the VIP",
  "etcd-leader": "the machine of the etcd leader",
  neither: "a machine with neither the VIP nor the etcd leader",
} as const;

for (const [victim, words] of Object.entries(victims))
  drill({
    id: `control-plane/lose-one-${victim}`,
    title: `Losing one control plane, ${words}, costs nobody more than the failover`,
    needs: { controlPlanes: atLeast(3), vip: true, etcd: "stacked" },
    own: true,
    plan(input) {
      const machines = pickMachines(victim, input.topology);
      return { faults: { outage: powerCut(machines) }, prediction: predictControlPlaneLoss(input, machines) };
    },
    async run({ experiment, plan }) {
      await experiment.during("outage", plan.faults.outage, async (outage) => {
        await outage.settle();
      });
      await experiment.recovered();
    },
  });
