// What kubedrill may delete of the API's objects: only what carries its own label.
import { z } from "zod";

export const ownerLabel = "app.kubernetes.io/managed-by";

const schema = z.object({ metadata: z.object({ labels: z.record(z.string(), z.string()).optional() }) });

export function isOurs(object: unknown): boolean {
  return schema.parse(object).metadata.labels?.[ownerLabel] === "kubedrill";
}
