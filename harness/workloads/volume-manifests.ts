// A volume that lies on one machine, its claim, and the Deployment that mounts it. Plain data.
import { labelsOf } from "./extra-labels.ts";
import { plainSpec } from "./extra-pods.ts";
import type { VolumeApp } from "./extras.ts";
import type { DemoOptions, Manifest } from "./manifests.ts";
import { mountingDeployment } from "./mounting.ts";

/** Cluster-wide, so not gone with the namespace: it has an entry of its own in the ledger. */
export function volumeName({ name }: Pick<VolumeApp, "name">, { namespace }: DemoOptions): string {
  return `${namespace}-${name}`;
}

/** On the machine; removed with the volume. */
export function volumePath({ name }: Pick<VolumeApp, "name">, { namespace }: DemoOptions): string {
  return `/var/lib/kubedrill/${namespace}-${name}`;
}

/** PersistentVolume, claim and Deployment. Null as node: to be removed, when it does not matter. */
export function volumeAppManifests(extra: VolumeApp, options: DemoOptions, node: string | null): Manifest[] {
  const { namespace } = options;
  const { name } = extra;
  const labels = labelsOf(name);
  const size = { storage: "1Mi" };
  const here = { key: "kubernetes.io/hostname", operator: "In", values: [node ?? ""] };
  const volume: Manifest = {
    collection: "/api/v1/persistentvolumes",
    body: {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: volumeName(extra, options), labels },
      spec: {
        capacity: size,
        accessModes: ["ReadWriteOnce"],
        persistentVolumeReclaimPolicy: "Retain",
        storageClassName: "",
        claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name },
        hostPath: { path: volumePath(extra, options), type: "DirectoryOrCreate" },
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [here] }] } },
      },
    },
  };
  const claim: Manifest = {
    collection: `/api/v1/namespaces/${namespace}/persistentvolumeclaims`,
    body: {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name, labels },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "",
        volumeName: volumeName(extra, options),
        resources: { requests: size },
      },
    },
  };
  return [volume, claim, mountingDeployment({ namespace, name, labels, claim: name }, plainSpec(options))];
}
