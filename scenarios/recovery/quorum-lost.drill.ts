// All control planes but one never come back: the cluster is rebuilt from the one that is left, without any snapshot.
import {
  atLeast,
  drill,
  loadId,
  lostForGood,
  pickMachines,
  predictRebuild,
  rebuildable,
} from "../../harness/index.ts";

drill({
  id: "recovery/quorum-lost",
  title:
    "When the quorum is lost for good, the control plane that is left becomes the cluster; users feel nothing",
  needs: { controlPlanes: atLeast(3), etcd: "stacked" },
  plan(input) {
    const lost = pickMachines("all-but-one", input.topology);
    return {
      faults: { outage: lostForGood(lost) },
      prediction: predictRebuild(input, { lost, loads: [loadId], ...rebuildable }),
    };
  },
  async run({ experiment, input }) {
    await experiment.underLoad(async () => {
      await experiment.rebuild(pickMachines("all-but-one", input.topology));
    });
    await experiment.recovered();
  },
});
