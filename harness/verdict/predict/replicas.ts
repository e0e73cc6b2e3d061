// How many replicas a HorizontalPodAutoscaler wants, by its own formula and policies. Pure arithmetic; sources: the
// Kubernetes documentation "Horizontal Pod Autoscaling" (algorithm details, default behavior) and
// pkg/controller/podautoscaler/replica_calculator.go.

import type { ScaleUp } from "../../lab/autoscaler.ts";

/** No change while the ratio is so near to 1; kube-controller-manager's --horizontal-pod-autoscaler-tolerance. */
const tolerance = 0.1;

/** No policy needs longer for what fits into a cluster. */
const longestClimbMs = 3_600_000;

/** It comes near to where it ends by a large part of the way each time. */
const mostLooks = 200;

export interface Target {
  /** What each pod asks for. */
  requestCores: number;
  percent: number;
}

/**
 * What it ends at, from the usage of so many pods together: again and again ceil(pods × usage ÷ pods ÷ (request ×
 * target)), at least one, until that changes nothing or is within the tolerance. Infinity: pods without any request use
 * more than the target already. Pods that are not Ready count as if they used nothing, which is the same sum.
 */
export function wantedReplicas(
  current: number,
  usageCores: (pods: number) => number,
  target: Target,
): number {
  const perPod = (target.requestCores * target.percent) / 100;
  let pods = current;
  for (let look = 0; look < mostLooks; look += 1) {
    const ratio = usageCores(pods) / (pods * perPod);
    if (Math.abs(ratio - 1) <= tolerance) return pods;
    // Fractions of a millionth come from adding up, not from usage.
    const next = Math.max(1, Math.ceil(pods * ratio - 1e-6));
    if (next === pods) return pods;
    pods = next;
  }
  return Infinity;
}

/** How many replicas there may be. */
export interface Replicas {
  least: number;
  likely: number;
  most: number;
}

/** What a guess rests on. */
export interface Assumption {
  /** So many times what was measured does a request cost. */
  costFactor: number;
  /** Every further pod uses at rest what the first ones did; no: they served those who looked at them, all together. */
  restPerPod: boolean;
}

/**
 * What a request costs is measured at one rate, and it is not the same at another or a minute later: seen were half as
 * much where many come to a pod (fewer of them wake it), and a quarter more on a busier host.
 */
const assumed: Record<keyof Replicas, Assumption> = {
  least: { costFactor: 0.5, restPerPod: false },
  likely: { costFactor: 1, restPerPod: true },
  most: { costFactor: 1.25, restPerPod: true },
};

/**
 * How many replicas there may be after a load that only climbs. One more or less besides, because the HPA's figures are
 * whole percents of a moving window.
 * @param from before it
 * @param wanted what follows from an assumption
 */
export function around(from: Replicas, wanted: (assumption: Assumption) => number): Replicas {
  const likely = Math.max(from.likely, wanted(assumed.likely));
  return {
    least: Math.max(from.least, Math.min(likely - 1, wanted(assumed.least))),
    likely,
    most: Math.max(from.most, likely + 1, wanted(assumed.most)),
  };
}

/**
 * How many replicas it has too few by its own formula, for the usage that it sees; 0 within the tolerance.
 * @param percent average usage of its pods, % of what they ask for
 */
export function missingReplicas(current: number, percent: number, targetPercent: number): number {
  const ratio = percent / targetPercent;
  return ratio <= 1 + tolerance ? 0 : Math.ceil(current * ratio) - current;
}

/**
 * How long it takes from its first step up until it wants as many, 0: the first step gets there. It looks once a sync
 * period; within the period of a policy it may add so many pods to those that there were at the period's beginning, or
 * so many percent of them.
 * Source: pkg/controller/podautoscaler/horizontal.go, `calculateScaleUpLimitWithScalingRules`.
 */
export function climbMs(from: number, to: number, { policies, select }: ScaleUp, syncMs: number): number {
  const added: { atMs: number; pods: number }[] = [];
  let now = from;
  for (let atMs = 0; atMs < longestClimbMs; atMs += syncMs) {
    const limits = policies.map(({ type, value, periodMs }) => {
      const lately = added.filter((each) => each.atMs > atMs - periodMs);
      const start = now - lately.reduce((sum, { pods }) => sum + pods, 0);
      return type === "Pods" ? start + value : Math.ceil(start * (1 + value / 100));
    });
    const limit = select === "Max" ? Math.max(...limits) : Math.min(...limits);
    const next = Math.max(now, Math.min(to, limit));
    if (next > now) added.push({ atMs, pods: next - now });
    now = next;
    if (now >= to) return atMs;
  }
  return longestClimbMs;
}
