// Lists of kinds that not every cluster has.
import { until } from "../base/until.ts";
import type { KubeClients } from "../kube/access.ts";
import { ApiRefusal } from "../kube/clients.ts";

const requestMs = 10_000;
/** A kind whose definition was just changed is answered with "try again in a second" (429) while it is set up. */
const patienceMs = 15_000;

/** @returns undefined: the cluster has no such kind, or nobody may see it @throws KubedrillError when the API does not answer */
export async function listOfKind(kube: KubeClients, path: string): Promise<unknown> {
  const look = async () => {
    try {
      return { list: await kube.raw("GET", path, { timeoutMs: requestMs, okStatus: [403, 404] }) };
    } catch (error) {
      if (error instanceof ApiRefusal && error.status === 429) throw error;
      return { error };
    }
  };
  const found = await until(look, {
    what: `the API to list ${path}`,
    timeoutMs: patienceMs,
    intervalMs: 1000,
  });
  if ("error" in found) throw found.error;
  return found.list;
}
