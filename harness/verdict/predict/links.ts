// The links that budgets are made of besides the VIP's: each a formula over settings, with its source.
import { longestRelistMs } from "../../lab/relist.ts";
import type { Settings, Sourced } from "../../lab/facts.ts";
import type { Link } from "./budget.ts";
import { inputOf } from "./budget.ts";

/**
 * A new etcd leader: a follower waits one to two election time-outs after the last heartbeat before it campaigns, and
 * the vote is one round trip, for which etcd's tuning guide sets the heartbeat interval.
 * Source: etcd raft.go `resetRandomizedElectionTimeout` ([timeout, 2 × timeout − 1] ticks); etcd docs, "Tuning".
 */
export function election({ etcd }: Settings): Link {
  return {
    name: "etcd elects a leader",
    ms: 2 * etcd.electionMs.value + etcd.heartbeatMs.value,
    likelyMs: 1.5 * etcd.electionMs.value + etcd.heartbeatMs.value,
    how: "2 × election time-out + 1 heartbeat",
    inputs: [inputOf("election time-out", etcd.electionMs), inputOf("heartbeat", etcd.heartbeatMs)],
  };
}

/**
 * etcd gives up on a request without quorum after 5 s + 2 × election time-out.
 * Source: etcd server/config/config.go `ReqTimeout`.
 */
export function etcdRequestLimitMs({ etcd }: Settings): number {
  return 5000 + 2 * etcd.electionMs.value;
}

/**
 * haproxy takes a dead server out: at worst a check has just succeeded, so one interval passes; then `fall` checks
 * fail, each by its own time-out, with the fast interval between them. A check connects for min(timeout connect, inter).
 * Source: HAProxy configuration manual, "inter", "fastinter", "fall", "timeout check".
 */
export function balancerDrop({ haproxy }: Settings): Link | null {
  if (haproxy === null) return null;
  const { interMs, fall, source } = haproxy;
  const nextMs = haproxy.fastInterMs ?? interMs;
  const checkMs = Math.min(haproxy.connectTimeoutMs, interMs);
  return {
    name: "haproxy takes the dead server out",
    ms: interMs + fall * checkMs + (fall - 1) * nextMs,
    likelyMs: interMs / 2 + fall * checkMs + (fall - 1) * nextMs,
    how: "inter + fall × min(connect time-out, inter) + (fall − 1) × fastinter",
    inputs: [
      inputOf("haproxy inter", { value: interMs, source }),
      inputOf("haproxy fastinter", { value: nextMs, source }),
      inputOf("haproxy connect time-out", { value: haproxy.connectTimeoutMs, source }),
      { name: "haproxy fall", value: fall, unit: "none", source },
    ],
  };
}

/** haproxy takes a server back: one interval of a server that is down, then `rise` good checks. Source: as above. */
export function balancerRise({ haproxy }: Settings): Link | null {
  if (haproxy === null) return null;
  const { rise, source } = haproxy;
  const downMs = haproxy.downInterMs ?? haproxy.interMs;
  const nextMs = haproxy.fastInterMs ?? haproxy.interMs;
  const checkMs = Math.min(haproxy.connectTimeoutMs, haproxy.interMs) + haproxy.checkTimeoutMs;
  return {
    name: "haproxy takes the server back",
    ms: checkMs + downMs + (rise - 1) * nextMs,
    likelyMs: downMs / 2 + (rise - 1) * nextMs,
    how: "a check under way (connect + check time-out) + downinter + (rise − 1) × fastinter",
    inputs: [
      inputOf("haproxy downinter", { value: downMs, source }),
      inputOf("haproxy fastinter", { value: nextMs, source }),
      inputOf("haproxy check time-out", { value: haproxy.checkTimeoutMs, source }),
      { name: "haproxy rise", value: rise, unit: "none", source },
    ],
  };
}

/**
 * Another controller-manager (or scheduler) leads after the holder of the lease died: it must have seen the lease
 * unrenewed for its whole duration, and tries every retry period × (1 + jitter up to 1.2).
 * Source: client-go tools/leaderelection (`JitterFactor` 1.2, `tryAcquireOrRenew`).
 */
export function leaderLease({ controllerManager }: Settings): Link {
  const { leaseDurationMs, retryPeriodMs } = controllerManager;
  return {
    name: "another controller-manager and scheduler lead",
    ms: leaseDurationMs.value + 2.2 * retryPeriodMs.value,
    likelyMs: leaseDurationMs.value + 0.8 * retryPeriodMs.value,
    how: "lease duration + retry period × (1 + jitter 1.2)",
    inputs: [
      inputOf("leader lease duration", leaseDurationMs),
      inputOf("leader retry period", retryPeriodMs),
    ],
  };
}

/**
 * A node's silence is noticed: grace period after its last renewal was seen, looked at once per monitor period.
 * Source: kubernetes pkg/controller/nodelifecycle, `monitorNodeHealth`.
 */
export function nodeSilence({ controllerManager, kubelet }: Settings): Link {
  const { nodeMonitorGraceMs, nodeMonitorPeriodMs } = controllerManager;
  return {
    name: "the node is marked",
    ms: nodeMonitorGraceMs.value + nodeMonitorPeriodMs.value,
    // The last renewal is half a renew interval old on average, the next look half a monitor period away.
    likelyMs: nodeMonitorGraceMs.value - kubelet.leaseRenewMs.value / 2 + nodeMonitorPeriodMs.value / 2,
    how: "grace period + one monitor period",
    inputs: [
      inputOf("node monitor grace period", nodeMonitorGraceMs),
      inputOf("node monitor period", nodeMonitorPeriodMs),
    ],
  };
}

/** The earliest a node may be marked: its last renewal may be as old as one renew interval. */
export function nodeSilenceEarliestMs({ controllerManager, kubelet }: Settings): number {
  return Math.max(0, controllerManager.nodeMonitorGraceMs.value - kubelet.leaseRenewMs.value);
}

/**
 * Pods leave an unreachable node when their toleration is over; nodes are tainted one after the other, 10 s apart.
 * Source: kube-controller-manager `--node-eviction-rate` (0.1 per second by default).
 */
export function eviction(toleration: Sourced<number>, nodes: number): Link {
  const pacedMs = Math.max(0, nodes - 1) * 10_000;
  return {
    name: "pods are evicted",
    ms: toleration.value + pacedMs,
    likelyMs: toleration.value + pacedMs,
    how: nodes > 1 ? "toleration + 10 s for each further node" : "toleration",
    inputs: [inputOf("toleration of an unreachable node", toleration)],
  };
}

/**
 * A component that was started before what it needs exits and waits: the first two waits are 10 s and 20 s.
 * Source: kubernetes pkg/kubelet/kubelet.go, `initialContainerBackOff` doubling to `MaxContainerBackOff` (300 s).
 */
export function crashBackOff(waits: 1 | 2): Link {
  const source = "kubelet default";
  return {
    name: "crash-loop back-off",
    ms: waits === 1 ? 10_000 : 30_000,
    how: waits === 1 ? "10 s" : "10 s + 20 s",
    inputs: [inputOf("first crash-loop back-off", { value: 10_000, source })],
  };
}

/**
 * A client that watches has backed off while the API was away. Source: see `longestRelistMs`; an outage that takes a
 * control plane down lasts long enough for the longest wait.
 */
export function watchBackOff(): Link {
  const ms = longestRelistMs(Infinity);
  const source = "client-go reflector, 30 s stretched to at most twice";
  return {
    name: "clients watch again",
    ms,
    how: "the longest back-off of an informer",
    inputs: [inputOf("longest wait of an informer", { value: ms, source })],
  };
}
