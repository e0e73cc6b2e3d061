// Every control plane is gone with its disk: other machines become the same cluster, from what was kept with a snapshot.
import { atLeast, drill, loadId, losable, pickMachines, predictDisaster } from "../../harness/index.ts";

drill({
  id: "recovery/disaster",
  title:
    "When every control plane is gone with its disk, new machines become the same cluster; workers work on meanwhile",
  needs: {
    controlPlanes: atLeast(1),
    workers: atLeast(1),
    etcd: "stacked",
    etcdRuntime: "pod",
    renewable: true,
  },
  plan(input) {
    const lost = pickMachines("all-control-planes", input.topology);
    return { faults: {}, prediction: predictDisaster(input, { lost, loads: [loadId], ...losable }) };
  },
  async run({ experiment, input }) {
    await experiment.underLoad(async () => {
      await experiment.disaster(pickMachines("all-control-planes", input.topology));
    });
    await experiment.recovered();
  },
});
