// How regularly each kubelet reports: by its node's Lease. What is left of the grace period is the margin by which a
// living node stayed Ready.
import type { World } from "../lab/world.ts";
import type { Recorder } from "../timeline/recorder.ts";
import type { Probe } from "./probe.ts";
import { watchProbe } from "./watch-probe.ts";

const probe = "leases";

/** Id "leases". Gauge "<node>/gap", ms, at each renewal: the time since the one before by the node's own clock. */
export function leasesProbe({ kube }: Pick<World, "kube">): Probe {
  return watchProbe<BriefLease>({
    info: { probe, title: "Node leases", group: "nodes" },
    access: kube,
    path: "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases",
    pick: ({ spec }) => ({ renewTime: (spec as { renewTime?: unknown } | undefined)?.renewTime }),
    onObjects: () => undefined,
    onChange: (change, recorder) => {
      if (change.type === "deleted") return;
      const gapMs = renewalGapMs(change.previous, change.value);
      if (gapMs !== undefined && gapMs !== 0) gauge(recorder, `${change.meta.name}/gap`, gapMs);
    },
  });
}

interface BriefLease {
  /** As the API's JSON has it. */
  renewTime: unknown;
}

/** Undefined when it cannot be known, 0 when the lease was changed but not renewed. */
export function renewalGapMs(before: BriefLease | undefined, after: BriefLease): number | undefined {
  const was = renewedAt(before);
  const is = renewedAt(after);
  return was === undefined || is === undefined ? undefined : is - was;
}

function renewedAt(lease: BriefLease | undefined): number | undefined {
  return typeof lease?.renewTime === "string" ? Date.parse(lease.renewTime) : undefined;
}

function gauge(recorder: Recorder, subject: string, value: number): void {
  recorder.record({ type: "gauge", probe, subject, value: Math.round(value), unit: "ms" });
}
