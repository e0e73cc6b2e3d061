// How regularly each kubelet reports: by its node's Lease. What is left of the grace period is the margin by which a
// living node stayed Ready.
import type { V1Lease } from "@kubernetes/client-node";
import type { World } from "../lab/world.ts";
import type { Recorder } from "../timeline/recorder.ts";
import type { Probe } from "./probe.ts";
import { watchProbe } from "./watch-probe.ts";

const probe = "leases";
const ageTickMs = 1000;

/**
 * Id "leases". Gauges, ms: "<node>/gap" at each renewal, the time since the one before by the node's own clock;
 * "<node>/age" once a second while the API is seen, the time since the last renewal was seen.
 */
export function leasesProbe({ kube }: Pick<World, "kube">): Probe {
  const seenAt = new Map<string, number>();
  let ages: NodeJS.Timeout | undefined;
  return watchProbe<V1Lease>({
    info: { probe, title: "Node leases", group: "nodes" },
    access: kube,
    path: "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases",
    pick: (object) => object,
    onObjects: () => undefined,
    onChange: (change, recorder) => {
      const node = change.meta.name;
      if (change.type === "deleted") {
        seenAt.delete(node);
        return;
      }
      const gapMs = renewalGapMs(change.previous, change.value);
      if (gapMs === 0) return;
      // One found by comparison was renewed some time before: its age would be a guess.
      if (change.seen === "live") seenAt.set(node, recorder.now());
      if (gapMs !== undefined) gauge(recorder, `${node}/gap`, gapMs);
    },
    onSight: (sees, recorder) => {
      clearInterval(ages);
      if (!sees) {
        seenAt.clear();
        return;
      }
      ages = setInterval(() => {
        for (const [node, at] of seenAt) gauge(recorder, `${node}/age`, recorder.now() - at);
      }, ageTickMs);
    },
    onStop: () => {
      clearInterval(ages);
    },
  });
}

/** Undefined when it cannot be known, 0 when the lease was changed but not renewed. */
export function renewalGapMs(before: V1Lease | undefined, after: V1Lease): number | undefined {
  const was = renewedAt(before);
  const is = renewedAt(after);
  return was === undefined || is === undefined ? undefined : is - was;
}

function renewedAt(lease: V1Lease | undefined): number | undefined {
  const text: unknown = lease?.spec?.renewTime;
  return typeof text === "string" ? Date.parse(text) : undefined;
}

function gauge(recorder: Recorder, subject: string, value: number): void {
  recorder.record({ type: "gauge", probe, subject, value: Math.round(value), unit: "ms" });
}
