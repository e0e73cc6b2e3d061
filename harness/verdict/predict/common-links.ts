// Links that several predictions share, for one situation.
import type { PredictionInput } from "./input.ts";
import { chain, given, type Link } from "./budget.ts";
import { balancerRise, crashBackOff, election, eviction, leaderLease, nodeSilence } from "./links.ts";
import type { Situation } from "./situation.ts";
import { takeOver } from "./vrrp.ts";

/** Single machines and members are looked at once in so many ticks, because the looking is load itself. */
export const slowTicks = 5;

/** One tick: the next look of a probe on a way that users take. */
export function nextLook({ tickMs }: PredictionInput): Link {
  return given("the next look", { value: tickMs, source: "the plan's probe tick" });
}

/** The next look at a single machine, member or object. */
export function nextSlowLook({ tickMs }: PredictionInput): Link {
  const source = `the plan's probe tick × ${String(slowTicks)}`;
  return given("the next look at one machine", { value: tickMs * slowTicks, source });
}

export function injection({ allowances }: Situation): Link {
  return given("the fault takes effect", allowances.injectMs);
}

export function request({ allowances }: Situation): Link {
  return given("one API request", allowances.requestMs);
}

export function look({ allowances }: Situation): Link {
  return given("one look of a state probe", allowances.lookMs);
}

export function podStart({ allowances }: Situation): Link {
  return given("a pod starts", allowances.podStartMs);
}

/** What a storage driver or a backup tool copies. */
export function copied(name: string, { allowances }: Situation): Link {
  return given(name, allowances.copyMs);
}

/** A volume and a claim that do not know each other yet are looked at again so often. */
export function claimBound(): Link {
  return given("the claim is bound to its volume", {
    value: 15_000,
    source: "kube-controller-manager --pvclaimbinder-sync-period, default",
  });
}

/**
 * A kubelet may be told of a pod before the API server that it asks knows of the claim's volume, or that the claim is
 * this node's business; then its first look at the pod fails, and it takes another one after so long.
 */
export function mountRetried(): Link {
  return given("the kubelet's second look at the claim", {
    value: 15_000,
    source:
      "pkg/kubelet/kubelet.go, backOffPeriod 10 s, and half of it as jitter (pod_workers.go, workerBackOffPeriodJitterFactor)",
  });
}

/** The VIP moves to its successor; null when it need not move; unknown without keepalived's settings. */
export function vipMove(situation: Situation): Link | null {
  const { input, successor, vipHolderLost, outcome } = situation;
  if (!vipHolderLost || outcome === "gone") return null;
  if (successor === null || input.settings.keepalived === null)
    return {
      name: "the VIP moves",
      ms: Infinity,
      how: "nothing is known of how it moves (no keepalived)",
      inputs: [],
    };
  return takeOver(successor, outcome === "serves", input.settings.keepalived.source);
}

/** A new leader, when the old one is lost. */
export function newLeader(situation: Situation): Link | null {
  return situation.leaderLost ? election(situation.input.settings) : null;
}

/** From the injection until the lost nodes are marked. */
export function nodesMarked(situation: Situation): Link {
  const { settings } = situation.input;
  return chain(
    "the node is marked not ready",
    injection(situation),
    situation.leadersLost ? leaderLease(settings) : null,
    nodeSilence(settings),
    request(situation),
    nextSlowLook(situation.input),
  );
}

/** From the injection until the pods of lost nodes are on their way out. */
export function podsEvicted(situation: Situation): Link {
  const { input, lostNodes } = situation;
  return chain(
    "the pods are evicted",
    nodesMarked(situation),
    eviction(input.workload.tolerationMs, lostNodes.length),
    request(situation),
  );
}

/** From power on until a machine's own static pods serve; with quorum lost they may have started in vain once. */
export function machineBack(situation: Situation): Link {
  const { allowances, outcome } = situation;
  return chain(
    "the machine is back",
    given("the machine boots", allowances.bootMs),
    given("its static pods start", allowances.componentStartMs),
    outcome === "serves" ? null : crashBackOff(1),
  );
}

/** From power on until the machine's node is Ready. */
export function nodeBack(situation: Situation): Link {
  return chain(
    "the nodes are Ready",
    situation.outcome === "serves" ? machineBack(situation) : apiBack(situation),
    given("the kubelet reports", situation.input.settings.kubelet.leaseRenewMs),
    look(situation),
  );
}

/** From power on until the API answers through the VIP again, after it was gone for want of quorum. */
export function apiBack(situation: Situation): Link {
  const { settings } = situation.input;
  const { finalHolder } = situation;
  const keepalived = settings.keepalived;
  return chain(
    "the API is back",
    machineBack(situation),
    election(settings),
    balancerRise(settings),
    finalHolder === null || keepalived === null ? null : takeOver(finalHolder, true, keepalived.source),
    request(situation),
    nextLook(situation.input),
  );
}
