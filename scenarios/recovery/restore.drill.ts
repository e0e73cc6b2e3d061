// etcd is restored from a snapshot, by each way that operators have: every member's folder is swapped, as on kubeadm's
// stacked layout; the data gets a new folder that the manifest or the unit's environment names, as the kubeadm guides do it,
// also where etcd is on machines of its own; one member first, which the others join empty, as kubespray's operators do it
// where etcd is a service.
import { atLeast, drill, loadId, predictRestore, restorable } from "../../harness/index.ts";

const ways = [
  {
    strategy: "stacked-swap",
    title: "A restore brings back exactly what the snapshot has, on one cluster, and users feel nothing",
    etcd: "stacked",
  },
  {
    strategy: "new-directory",
    title: "A restore into a new folder brings back exactly what the snapshot has, and users feel nothing",
  },
  {
    strategy: "force-new-cluster",
    title:
      "A restore of one member, which the others join, brings back what the snapshot has; users feel nothing",
    etcdRuntime: "systemd",
    inTurn: true,
  },
] as const;

for (const { strategy, title, ...more } of ways)
  drill({
    id: `recovery/${strategy}`,
    title,
    needs: {
      controlPlanes: atLeast(1),
      ...("etcd" in more ? { etcd: more.etcd } : {}),
      ...("etcdRuntime" in more ? { etcdRuntime: more.etcdRuntime } : {}),
    },
    plan: (input) => ({
      faults: {},
      prediction: predictRestore(input, { loads: [loadId], ...restorable, inTurn: "inTurn" in more }),
    }),
    async run({ experiment }) {
      await experiment.underLoad(async () => {
        await experiment.restore(strategy);
      });
      await experiment.recovered();
    },
  });
