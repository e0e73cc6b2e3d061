// How many replicas a HorizontalPodAutoscaler wants, by its own formula and policies. Pure arithmetic; sources: the
// Kubernetes documentation "Horizontal Pod Autoscaling" (algorithm details, default behavior) and
// pkg/controller/podautoscaler/replica_calculator.go.

/** No change while the ratio is so near to 1; kube-controller-manager's --horizontal-pod-autoscaler-tolerance. */
const tolerance = 0.1;

/** The default policies of the way up, of which the larger counts, a period each. */
const upPods = 4;
const upPercent = 100;
export const policyPeriodMs = 15_000;

export interface Target {
  /** What each pod asks for. */
  requestCores: number;
  percent: number;
}

/**
 * ceil(current × (usage ÷ current ÷ request) ÷ target) = ceil(usage ÷ (request × target)), at least one; no change
 * within the tolerance. Pods that are not Ready count as if they used nothing, which is the same sum.
 */
export function wantedReplicas(current: number, usageCores: number, target: Target): number {
  const perPod = (target.requestCores * target.percent) / 100;
  const ratio = usageCores / (current * perPod);
  if (Math.abs(ratio - 1) <= tolerance) return current;
  // Fractions of a millionth come from adding up, not from usage.
  return Math.max(1, Math.ceil(usageCores / perPod - 1e-6));
}

/** In how many periods it gets from one number to a higher one; 0: it is there. */
export function periodsUp(from: number, to: number): number {
  let periods = 0;
  for (let now = from; now < to; periods += 1) now += Math.max(upPods, Math.floor((now * upPercent) / 100));
  return periods;
}
