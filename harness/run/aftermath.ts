// What an earlier fault goes on doing although everything looks well again. A drill that began meanwhile would be blamed
// for it.
import { longestRelistMs } from "../lab/relist.ts";
import type { Subject } from "../lab/subject.ts";
import type { TimelineStore } from "../timeline/store.ts";
import { outages } from "../verdict/outages.ts";
import type { Session } from "./session.ts";

/** What is still going on at `now`, in words; empty when nothing is. */
export function aftermath({ recorder, settings, workload, healed }: Session, now: number): string[] {
  const { store } = recorder;
  const { http2ReadIdleMs, http2PingMs } = settings.kubelet;
  return [
    ...leftovers(store, workload.subject),
    ...deadConnections(store, now, http2ReadIdleMs.value + http2PingMs.value),
    ...backingOff(store, now, healed),
  ];
}

/**
 * Containers that belong to no Ready pod of the workload, or of the demo's namespace: a deleted pod's containers stop
 * only when its preStop hook and its grace are over, long after the API has forgotten the pod. A namespace of the user's
 * own has other pods too, so there only those count that once were the workload's. Pure.
 */
export function leftovers(
  store: TimelineStore,
  { kind, namespace }: Pick<Subject, "kind" | "namespace">,
): string[] {
  const stateBy = (probe: string, pod: string) => store.lastValue(probe, `pod:${pod}`);
  return [...(store.states.get("containers") ?? [])].flatMap(([subject, changes]) => {
    const [machine = "", space, pod = ""] = subject.split("/");
    if (space !== namespace || (changes.at(-1)?.value ?? null) === null) return [];
    if (kind === "own" && stateBy("workload", pod) === undefined) return [];
    const states = [stateBy("workload", pod), stateBy("extras", pod)];
    if (states.some((state) => typeof state === "string" && state.startsWith("ready"))) return [];
    return [`a container of ${pod}, which is not a Ready pod of the workload, still runs on ${machine}`];
  });
}

/**
 * When the VIP moves, kubelets and controllers keep connections that lead nowhere until client-go's HTTP/2 health check
 * gives them up (30 s + 15 s); until then a node looks Ready and starts no pod (kubernetes #121793). Pure.
 */
export function deadConnections(store: TimelineStore, now: number, healthCheckMs: number): string[] {
  const last = (store.states.get("vip")?.get("holder") ?? []).slice(1).at(-1)?.t ?? -Infinity;
  return still(last + healthCheckMs - now, "clients may sit on dead connections", "the VIP has moved");
}

/** Backing off starts anew after 2 minutes without a failure; twice that is looked at. */
const memoryMs = 240_000;

/**
 * When the API was away, kubelets and controllers wait before they list and watch again; a node looks Ready meanwhile,
 * because its lease is renewed by another client, and starts no pod. Pure.
 * @param healed the API may have been away right before the run began
 */
export function backingOff(store: TimelineStore, now: number, healed: boolean): string[] {
  const waits = usersOfTheApi(store).map((probe) => {
    const samples = store.samples.get(probe)?.within(now - memoryMs, now) ?? [];
    const failed = samples.filter((each) => !each.ok);
    // An answer that was only slow has broken no watch.
    const away = outages(samples, samples[0]?.start ?? now, now).filter(({ from, to }) =>
      failed.some((each) => each.start < to && each.end > from),
    );
    const sumMs = away.reduce((sum, each) => sum + each.to - each.from, 0);
    return (away.at(-1)?.to ?? -Infinity) + longestRelistMs(sumMs) - now;
  });
  const earlier = healed ? longestRelistMs(Infinity) - now : -Infinity;
  return still(Math.max(earlier, ...waits), "clients may still back off", "the API was away");
}

/** New connections through the VIP; without one, to the API servers themselves. */
function usersOfTheApi(store: TimelineStore): string[] {
  const reads = [...store.probes.values()].filter(
    ({ group, labels }) =>
      group === "api" &&
      labels.verb === "read" &&
      labels.connection === "fresh" &&
      labels.patience === undefined,
  );
  const throughVip = reads.filter(({ labels }) => labels.via === "vip");
  return (throughVip.length > 0 ? throughVip : reads).map(({ probe }) => probe);
}

function still(leftMs: number, what: string, why: string): string[] {
  return leftMs > 0 ? [`${what} for another ${(leftMs / 1000).toFixed(0)} s, because ${why}`] : [];
}
