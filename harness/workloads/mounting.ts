// A pod with a claim mounted at /data; claims that are made empty or from a snapshot; snapshots. Plain data.
import { managed, type Manifest } from "./manifests.ts";

type Spec = Record<string, unknown>;

/** Of a drill's own objects in the demo's namespace. */
export interface Named {
  namespace: string;
  name: string;
}

/** One pod that mounts the claim at /data. @param spec of a pod; each of its containers gets the mount */
export function mountingDeployment(
  { namespace, name, labels, claim }: Named & { labels: Record<string, string>; claim: string },
  { containers, ...spec }: Spec,
): Manifest {
  const mounted = (containers as Spec[]).map((each) => ({
    ...each,
    volumeMounts: [{ name: "data", mountPath: "/data" }],
  }));
  return {
    collection: `/apis/apps/v1/namespaces/${namespace}/deployments`,
    body: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels },
          spec: {
            ...spec,
            containers: mounted,
            volumes: [{ name: "data", persistentVolumeClaim: { claimName: claim } }],
          },
        },
      },
    },
  };
}

/** @param from name of a VolumeSnapshot; absent: empty */
export function claimManifest({ namespace, name }: Named, storageClass: string, from?: string): Manifest {
  const source = { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: from };
  return {
    collection: `/api/v1/namespaces/${namespace}/persistentvolumeclaims`,
    body: {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name, labels: { ...managed, app: name } },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: storageClass,
        resources: { requests: { storage: "1Gi" } },
        ...(from === undefined ? {} : { dataSource: source }),
      },
    },
  };
}

/** Of a claim in the same namespace. */
export function volumeSnapshotManifest(
  { namespace, name }: Named,
  { claim, snapshotClass }: { claim: string; snapshotClass: string },
): Manifest {
  return {
    collection: `/apis/snapshot.storage.k8s.io/v1/namespaces/${namespace}/volumesnapshots`,
    body: {
      apiVersion: "snapshot.storage.k8s.io/v1",
      kind: "VolumeSnapshot",
      metadata: { name, labels: { ...managed, app: name } },
      spec: { volumeSnapshotClassName: snapshotClass, source: { persistentVolumeClaimName: claim } },
    },
  };
}
