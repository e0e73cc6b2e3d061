// A volume's snapshot is worth something only if a volume can be made from it.
import { atLeast, drill, predictVolumeSnapshot, snapshotting, snapshotWayOf } from "../../harness/index.ts";

drill({
  id: "recovery/volume-snapshot",
  title: "A volume that is destroyed comes back from its snapshot as it was then",
  note: "By any CSI driver that snapshots; embedded lab: kubedrill lab add volumes. Longhorn's backups leave the cluster by a VolumeSnapshotClass with type: bak and a backup target (--snapshot-class); it needs iSCSI, so not in the embedded lab.",
  needs: { workers: atLeast(1), snapshotWay: true },
  plan: (input) => ({
    faults: {},
    prediction: predictVolumeSnapshot(input, snapshotWayOf(input), snapshotting),
  }),
  async run({ experiment, input }) {
    await experiment.volumeSnapshot(snapshotWayOf(input));
    await experiment.recovered();
  },
});
