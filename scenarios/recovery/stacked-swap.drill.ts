// etcd is restored from a snapshot as an operator does it on kubeadm's stacked layout: every member's folder is swapped.
import { atLeast, drill, loadId, predictRestore, restorable } from "../../harness/index.ts";

drill({
  id: "recovery/stacked-swap",
  title: "A restore brings back exactly what the snapshot has, on one cluster, and users feel nothing",
  needs: { controlPlanes: atLeast(1), etcd: "stacked" },
  plan: (input) => ({
    faults: {},
    prediction: predictRestore(input, { loads: [loadId], ...restorable }),
  }),
  async run({ experiment }) {
    await experiment.underLoad(async () => {
      await experiment.restore("stacked-swap");
    });
    await experiment.recovered();
  },
});
