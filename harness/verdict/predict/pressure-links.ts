// How long a kubelet may take to see that memory is short, to evict a pod and to say so.
import { chain, given, type Link } from "./budget.ts";
import { nextSlowLook, request } from "./common-links.ts";
import { monitoringMs, rampMs, type Fill } from "./pressure-plan.ts";
import type { Situation } from "./situation.ts";

/** Memory is cleared before it is used; no machine is slower than this at it. */
const clearedPerSecond = 256 * 2 ** 20;

/** From the order to fill until the kubelet has crossed the threshold and seen it. */
export function noticed({ fastBytes, ...fill }: Fill): Link {
  return chain(
    "noticed",
    given("most of it is filled", {
      value: (fastBytes / clearedPerSecond) * 1000,
      source: "allowance: memory is cleared at 256 MiB/s or faster",
    }),
    given("the rest is filled slowly", {
      value: rampMs({ fastBytes, ...fill }),
      source: "the drill, so that the kubelet sees it before the kernel's limit is reached",
    }),
    given("the kubelet looks", {
      value: monitoringMs,
      source: "kubernetes pkg/kubelet/kubelet.go, evictionMonitoringPeriod",
    }),
  );
}

export function evicted(situation: Situation, fill: Fill): Link {
  return chain(
    "evicted",
    noticed(fill),
    given("the pod is killed", {
      value: 1000,
      source: "kubernetes pkg/kubelet/eviction/eviction_manager.go, immediateEvictionGracePeriodSeconds",
    }),
    request(situation),
    nextSlowLook(situation.input),
  );
}

export function reported(situation: Situation): Link {
  return chain(
    "reported",
    given("the kubelet reports its node", {
      value: 10_000,
      source: "KubeletConfiguration nodeStatusUpdateFrequency, default 10 s",
    }),
    request(situation),
    nextSlowLook(situation.input),
  );
}
