// Working through whichever API server answers: when the VIP is gone for good, or one member of etcd hangs, what kubedrill
// left on the cluster can still be taken away at any API server's own address.
import { until } from "../base/until.ts";
import type { KubeClients } from "../kube/access.ts";
import type { World } from "../lab/world.ts";

const lookMs = 5000;

/**
 * The same lab, whose main way to the API is one that answers now: the users' way if it does, else any API server's own.
 * @throws KubedrillError (inconclusive) when none has answered within `timeoutMs`
 */
export async function withAnsweringApi(
  world: World,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<World> {
  const main = await until(() => firstThatAnswers(waysOf(world)), {
    what: "an API server to answer",
    timeoutMs,
    intervalMs: 500,
    signal,
  });
  return { ...world, kube: { ...world.kube, main } };
}

function waysOf({ kube }: World): KubeClients[] {
  const direct = kube.endpoints.filter((each) => each.name !== kube.main.endpoint.name);
  return [kube.main, ...direct.map((each) => kube.via(each.name))];
}

/** All are asked at once; of those that answer the first in order is taken. */
async function firstThatAnswers(ways: readonly KubeClients[]): Promise<KubeClients | undefined> {
  const answers = await Promise.all(ways.map(reachesStore));
  return ways.find((_, index) => answers[index]);
}

/**
 * Its word that it is ready may be an old one: of requests at the same time it asks etcd for one, and gives the others
 * what it knew before (Kubernetes, apiserver `newETCD3Check`). So it has to read from etcd as well: an object that is
 * asked for without a version never comes from its cache (Kubernetes API concepts, "Resource versions").
 */
async function reachesStore(way: KubeClients): Promise<boolean> {
  try {
    await way.raw("GET", "/readyz", { timeoutMs: lookMs });
    await way.raw("GET", "/api/v1/namespaces/kube-system", { timeoutMs: lookMs });
    return true;
  } catch {
    return false;
  }
}
