// How volumes can be snapshotted on a cluster: by its VolumeSnapshotClasses and the StorageClasses of the same drivers.
import { z } from "zod";
import type { SnapshotWay } from "./facts.ts";
import { listOfKind } from "./list-of-kind.ts";
import type { World } from "./world.ts";

const metadata = z.object({ name: z.string(), annotations: z.record(z.string(), z.string()).optional() });
const snapshotClasses = z.object({
  items: z.array(z.object({ metadata, driver: z.string(), deletionPolicy: z.string() })),
});
const storageClasses = z.object({
  items: z.array(z.object({ metadata, provisioner: z.string(), reclaimPolicy: z.string().optional() })),
});

export type SnapshotClasses = z.infer<typeof snapshotClasses>["items"];
export type StorageClasses = z.infer<typeof storageClasses>["items"];

/** @throws KubedrillError when the API does not answer */
export async function readSnapshotWays({ kube: { main } }: World): Promise<SnapshotWay[]> {
  const [snapshots, storage] = await Promise.all([
    listOfKind(main, "/apis/snapshot.storage.k8s.io/v1/volumesnapshotclasses"),
    listOfKind(main, "/apis/storage.k8s.io/v1/storageclasses"),
  ]);
  // Without the snapshot controller's definitions the API knows no such path.
  if (snapshots === undefined || storage === undefined) return [];
  return snapshotWays(snapshotClasses.parse(snapshots).items, storageClasses.parse(storage).items);
}

const defaultMarks = [
  "snapshot.storage.kubernetes.io/is-default-class",
  "storageclass.kubernetes.io/is-default-class",
];

/**
 * Only classes with the policy Delete: with Retain a drill would leave data behind that nobody knows. The cluster's
 * defaults come first. Pure.
 */
export function snapshotWays(snapshots: SnapshotClasses, storage: StorageClasses): SnapshotWay[] {
  const ways = snapshots
    .filter(({ deletionPolicy }) => deletionPolicy === "Delete")
    .flatMap((snapshot) =>
      storage
        .filter(
          ({ provisioner, reclaimPolicy = "Delete" }) =>
            provisioner === snapshot.driver && reclaimPolicy === "Delete",
        )
        .map((each) => ({ rank: rankOf(snapshot.metadata) + rankOf(each.metadata), snapshot, each })),
    );
  return ways
    .sort((a, b) => b.rank - a.rank)
    .map(({ snapshot, each }) => ({
      snapshotClass: snapshot.metadata.name,
      storageClass: each.metadata.name,
      driver: snapshot.driver,
    }));
}

function rankOf({ annotations = {} }: z.infer<typeof metadata>): number {
  return defaultMarks.some((mark) => annotations[mark] === "true") ? 1 : 0;
}
