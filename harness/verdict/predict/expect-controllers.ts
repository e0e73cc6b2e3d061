// After a recovery: controllers really work, not only nodes are Ready, and the cluster has what it had.
import type { Expectation } from "../expectation.ts";
import { budgetOf, chain, none, slowest, type Link } from "./budget.ts";
import { apiBack, look, podStart, request } from "./common-links.ts";
import { crashBackOff, leaderLease, watchBackOff } from "./links.ts";
import type { Situation } from "./situation.ts";
import { takeOver } from "./vrrp.ts";
import { afterwards, throughout } from "./windows.ts";

/**
 * Controllers really work, and the cluster has what it had.
 * @param restored how long they may need before they act, when the API was away for a restore; default: by what was off
 */
export function worksAsBefore(situation: Situation, restored?: Link): Expectation[] {
  const apiWasAway = restored !== undefined || situation.outcome !== "serves";
  return [
    rollOut(situation, restored ?? controllersBack(situation)),
    replacePod(situation, apiWasAway),
    sameAs("cluster-uid", "It is the same cluster", "equal"),
    sameAs("nodes", "All nodes are there as before", "equal"),
    sameAs("deployments", "All deployments are there as before", "contains"),
  ];
}

/** While a machine returns, the VIP may move back to it; null when it stays where it is. */
function vipComesBack({ input, finalHolder, successor }: Situation): Link | null {
  const { keepalived } = input.settings;
  if (finalHolder === null || keepalived === null || finalHolder.machine === successor?.machine) return null;
  return takeOver(finalHolder, true, keepalived.source);
}

/** Leases must run out and back-offs end before any controller acts again. */
function controllersBack(situation: Situation): Link {
  if (situation.outcome === "serves")
    return chain("controllers work", vipComesBack(situation), request(situation));
  return chain(
    "controllers work",
    apiBack(situation),
    slowest(
      "controllers and kubelets act",
      chain("controllers lead", crashBackOff(2), leaderLease(situation.input.settings)),
      watchBackOff(),
    ),
  );
}

function rollOut(situation: Situation, back: Link): Expectation {
  const link = chain("rolled out", back, request(situation), podStart(situation), look(situation));
  return {
    id: "controllers.roll-out",
    title: "A new Deployment is rolled out",
    judge: { kind: "action-within", action: "roll-out" },
    window: afterwards,
    ...budgetOf(link),
    link: {
      name: "controllers work",
      after: situation.outcome === "serves" ? "fault" : "api.write.returned",
    },
  };
}

/** What was rolled out tells of the kubelet that has started it; the replacement may get a node whose kubelet still waits. */
function replacePod(situation: Situation, apiWasAway: boolean): Expectation {
  const link = chain(
    "replaced",
    request(situation),
    apiWasAway ? { ...watchBackOff(), name: "the kubelet of its node watches again" } : null,
    podStart(situation),
    look(situation),
  );
  return {
    id: "controllers.replace-pod",
    title: "A deleted pod is replaced",
    judge: { kind: "action-within", action: "replace-pod" },
    window: afterwards,
    ...budgetOf(link),
    link: { name: "a pod is replaced", after: "controllers.roll-out" },
  };
}

export function sameAs(fact: string, title: string, how: "equal" | "contains"): Expectation {
  return {
    id: `same.${fact}`,
    title,
    judge: { kind: "facts-agree", before: `before.${fact}`, after: `after.${fact}`, how },
    window: throughout,
    ...none("Read before the fault and after recovery; nothing may be missing"),
  };
}
