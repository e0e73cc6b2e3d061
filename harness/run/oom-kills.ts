// How often containers were killed for want of memory, by the status of their pods: the counter of such kills (cAdvisor,
// container_oom_events_total) goes with the container that was killed.
import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import type { World } from "../lab/world.ts";

/** By pod and container: how its last end was. */
export type LastEnds = Record<string, LastEnd>;

interface LastEnd {
  restarts: number;
  /** When it was killed for want of memory, if that was its last end. */
  oomAt: string | null;
  running: boolean;
}

/** @param selector of the pods */
export async function readLastEnds({ kube }: World, namespace: string, selector: string): Promise<LastEnds> {
  const { items } = await kube.main.core.listNamespacedPod({ namespace, labelSelector: selector });
  return lastEndsOf(items);
}

export function lastEndsOf(pods: readonly V1Pod[]): LastEnds {
  return Object.fromEntries(
    pods.flatMap(({ metadata, status }) =>
      (status?.containerStatuses ?? []).map((each) => [
        `${metadata?.uid ?? ""}/${each.name}`,
        lastEndOf(each),
      ]),
    ),
  );
}

function lastEndOf({ restartCount, state, lastState }: V1ContainerStatus): LastEnd {
  const ended = state?.terminated ?? lastState?.terminated;
  return {
    restarts: restartCount,
    oomAt: ended?.reason === "OOMKilled" ? String(ended.finishedAt) : null,
    running: state?.running !== undefined,
  };
}

/** Kills between two looks; all ends of a container between them are taken to be of the kind of the last. Pure. */
export function oomKillsBetween(before: LastEnds, after: LastEnds): number {
  return Object.entries(after).reduce((sum, [id, now]) => {
    const then = before[id];
    if (now.oomAt === null || now.oomAt === then?.oomAt) return sum;
    // One that waits for its restart has ended once more than it was restarted.
    const ends = now.restarts - (then?.restarts ?? 0) + (now.running ? 0 : 1);
    return sum + Math.max(1, ends);
  }, 0);
}
