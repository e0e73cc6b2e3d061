// etcd is restored from a snapshot as the kubeadm guides do it: the data gets a new folder that the manifest names.
import { atLeast, drill, loadId, predictRestore, restorable } from "../../harness/index.ts";

drill({
  id: "recovery/new-directory",
  title: "A restore into a new folder brings back exactly what the snapshot has, and users feel nothing",
  needs: { controlPlanes: atLeast(1), etcd: "stacked" },
  plan: (input) => ({
    faults: {},
    prediction: predictRestore(input, { loads: [loadId], ...restorable }),
  }),
  async run({ experiment }) {
    await experiment.underLoad(async () => {
      await experiment.restore("new-directory");
    });
    await experiment.recovered();
  },
});
