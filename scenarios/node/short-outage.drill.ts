// A worker is off for longer than the grace period but for less than its pods' toleration, as after a reboot: the same
// pods must come back, and nothing may have been made elsewhere meanwhile.
import {
  atLeast,
  drill,
  pickMachines,
  powerCut,
  predictShortOutage,
  shortOutageMs,
  type PlanInput,
} from "../../harness/index.ts";

drill({
  id: "node/short-outage",
  title: "A worker that is off for less than its pods' toleration comes back with the same pods",
  needs: { workers: atLeast(2) },
  own: true,
  plan(input) {
    const machine = victim(input);
    return { faults: { outage: powerCut([machine]) }, prediction: predictShortOutage(input, machine) };
  },
  async run({ experiment, plan, input }) {
    await experiment.during("outage", plan.faults.outage, async (outage) => {
      await outage.settle();
      await outage.holdUntil(
        shortOutageMs(input, victim(input)),
        "no pod may be evicted before its toleration",
      );
    });
    await experiment.recovered();
  },
});

function victim({ topology, workload }: PlanInput): string {
  const [machine = ""] = pickMachines("worker", topology, workload.podsByMachine);
  return machine;
}
