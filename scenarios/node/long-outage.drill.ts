// A worker is off for longer than its pods' toleration. What a controller may make anew is made elsewhere; a StatefulSet
// waits until somebody who has seen that the machine is off declares it out of service; what has its volume on the machine
// waits until it is back.
import {
  atLeast,
  barePod,
  daemonSet,
  drill,
  outOfService,
  pickMachines,
  powerCut,
  predictLongOutage,
  statefulSet,
  volumeApp,
} from "../../harness/index.ts";

drill({
  id: "node/long-outage",
  title:
    "A worker that is off for longer than its pods' toleration is replaced, except where that would not be safe",
  needs: { workers: atLeast(2) },
  own: true,
  extras: [barePod({ on: "worker" }), statefulSet({ on: "worker" }), daemonSet(), volumeApp("worker")],
  plan(input) {
    const [machine = ""] = pickMachines("worker", input.topology, input.workload.podsByMachine);
    return {
      faults: { outage: powerCut([machine]) },
      ...(input.extras.length === 0 ? {} : { onExtras: { declared: outOfService(machine) } }),
      prediction: predictLongOutage(input, machine),
    };
  },
  async run({ experiment, plan }) {
    await experiment.during("outage", plan.faults.outage, async (outage) => {
      const { declared } = plan.onExtras ?? {};
      if (declared !== undefined) {
        await outage.settle("declared.inject");
        await experiment.during("declared", declared, async (off) => {
          await off.settle();
        });
      }
      await outage.settle();
    });
    await experiment.returned();
    await experiment.watch(15_000, "nothing may move back");
    await experiment.recovered();
  },
});
