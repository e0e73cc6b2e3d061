// A namespace that a drill makes for itself must not be there before.
import { inconclusiveError } from "../base/errors.ts";
import type { World } from "../lab/world.ts";

/** Whatever is there is somebody's. @throws KubedrillError (inconclusive) */
export async function refuseTaken({ kube, file }: World, namespace: string): Promise<void> {
  const found = await kube.main.raw("GET", `/api/v1/namespaces/${namespace}`, {
    timeoutMs: 10_000,
    okStatus: [404],
  });
  if (found !== undefined)
    throw inconclusiveError(`${file.name} has a namespace ${namespace} already.`, {
      hint: `kubedrill heal takes away what an earlier run has left there`,
    });
}
