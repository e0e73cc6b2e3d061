// etcd as a service is restored from a snapshot as kubespray's operators do it: one member first, the others join it empty.
import { atLeast, drill, loadId, predictRestore, restorable } from "../../harness/index.ts";

drill({
  id: "recovery/force-new-cluster",
  title:
    "A restore of one member, which the others join, brings back what the snapshot has; users feel nothing",
  needs: { controlPlanes: atLeast(1), etcd: "stacked", etcdRuntime: "systemd" },
  plan: (input) => ({
    faults: {},
    prediction: predictRestore(input, { loads: [loadId], ...restorable, inTurn: true }),
  }),
  async run({ experiment }) {
    await experiment.underLoad(async () => {
      await experiment.restore("force-new-cluster");
    });
    await experiment.recovered();
  },
});
