// What a storage driver has made for a claim, as the API tells it.
import { z } from "zod";
import type { KubeClients } from "../kube/access.ts";
import { pathOf } from "../workloads/apply.ts";
import type { Manifest } from "../workloads/manifests.ts";
import type { Named } from "../workloads/mounting.ts";

const timeoutMs = 10_000;
const metadata = z.object({ name: z.string() });
const reference = z.object({ namespace: z.string().optional(), name: z.string().optional() }).optional();
const volumes = z.object({
  items: z.array(z.object({ metadata, spec: z.object({ claimRef: reference }) })),
});
const contents = z.object({
  items: z.array(z.object({ metadata, spec: z.object({ volumeSnapshotRef: reference }) })),
});
const snapshot = z.object({
  status: z
    .object({
      readyToUse: z.boolean().optional(),
      error: z.object({ message: z.string().optional() }).optional(),
    })
    .optional(),
});

/** @throws Error with the driver's own words while it reports one, which it may get over */
export async function snapshotReady(kube: KubeClients, manifest: Manifest): Promise<boolean> {
  const { status } = snapshot.parse(await kube.raw("GET", pathOf(manifest), { timeoutMs }));
  if (status?.readyToUse === true) return true;
  if (status?.error !== undefined) throw new Error(status.error.message ?? "the driver reports an error");
  return false;
}

/** Names of PersistentVolumes of that claim, or of contents of that VolumeSnapshot. */
export async function volumesLeft(
  kube: KubeClients,
  { namespace, name }: Named,
  kind: "volumes" | "snapshots",
): Promise<string[]> {
  const isOurs = (each: z.infer<typeof reference>) => each?.namespace === namespace && each.name === name;
  if (kind === "volumes") {
    const { items } = volumes.parse(await kube.raw("GET", "/api/v1/persistentvolumes", { timeoutMs }));
    return items.filter(({ spec }) => isOurs(spec.claimRef)).map((each) => each.metadata.name);
  }
  const path = "/apis/snapshot.storage.k8s.io/v1/volumesnapshotcontents";
  const { items } = contents.parse(await kube.raw("GET", path, { timeoutMs }));
  return items.filter(({ spec }) => isOurs(spec.volumeSnapshotRef)).map((each) => each.metadata.name);
}
