// Whether Velero is installed on a cluster, and has somewhere to put backups.
import { z } from "zod";
import type { VeleroPlace } from "./facts.ts";
import { listOfKind } from "./list-of-kind.ts";
import type { World } from "./world.ts";

const locations = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string() }),
      spec: z.object({ default: z.boolean().optional() }),
      status: z.object({ phase: z.string().optional() }).optional(),
    }),
  ),
});

export type StorageLocations = z.infer<typeof locations>["items"];

/** @throws KubedrillError when the API does not answer */
export async function readVelero({ kube: { main } }: World): Promise<VeleroPlace | null> {
  const found = await listOfKind(main, "/apis/velero.io/v1/backupstoragelocations");
  return found === undefined ? null : veleroPlace(locations.parse(found).items);
}

/** The default location, or else the first one; null where Velero can reach none. Pure. */
export function veleroPlace(items: StorageLocations): VeleroPlace | null {
  const available = items.filter(({ status }) => status?.phase === "Available");
  const chosen = available.find(({ spec }) => spec.default === true) ?? available[0];
  return chosen === undefined
    ? null
    : { namespace: chosen.metadata.namespace, location: chosen.metadata.name };
}
