// Server-side apply and deletion of plain objects through any API endpoint.
import type { KubeClients } from "../kube/access.ts";
import type { Manifest } from "./manifests.ts";

const timeoutMs = 15_000;

/** Creates or changes an object so that it is as written. @throws KubedrillError when the API refuses */
export async function apply(kube: KubeClients, manifest: Manifest): Promise<void> {
  await kube.raw("PATCH", `${pathOf(manifest)}?fieldManager=kubedrill&force=true`, {
    timeoutMs,
    body: manifest.body,
    contentType: "application/apply-patch+yaml",
  });
}

/** Deletes an object in the background; one that is not there is fine. */
export async function remove(kube: KubeClients, manifest: Manifest): Promise<void> {
  const body = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Background" };
  await kube.raw("DELETE", pathOf(manifest), { timeoutMs, body, okStatus: [404] });
}

export function pathOf(manifest: Manifest): string {
  return `${manifest.collection}/${manifest.body.metadata.name}`;
}
