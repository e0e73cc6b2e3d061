// Nodes: the lost ones are marked neither too early nor too late, the living ones stay Ready.
import type { Expectation } from "../expectation.ts";
import { budgetOf, inputOf, none } from "./budget.ts";
import { nodesMarked } from "./common-links.ts";
import { nodeSilenceEarliestMs } from "./links.ts";
import type { Situation } from "./situation.ts";
import { during, throughout } from "./windows.ts";

/** Without an API nobody can mark a node, so a blind stretch with Ready on both sides hides nothing. */
const longerThanAnyRunMs = 86_400_000;

export function nodeExpectations(situation: Situation): Expectation[] {
  if (situation.outcome !== "serves") return [livingStayReady(situation, longerThanAnyRunMs)];
  const { leaseRenewMs } = situation.input.settings.kubelet;
  return [
    ...(situation.lostNodes.length > 0 ? [marked(situation)] : []),
    livingStayReady(situation, leaseRenewMs.value),
    renewals(situation),
  ];
}

function marked(situation: Situation): Expectation {
  const { settings } = situation.input;
  const budget = budgetOf(nodesMarked(situation));
  const earliestMs = nodeSilenceEarliestMs(settings);
  return {
    id: "nodes.marked",
    title: "The lost node is marked, neither too early nor too late",
    judge: {
      kind: "state-within",
      select: { probe: "nodes", subjects: situation.lostNodes },
      want: { oneOf: ["Unknown", "False"] },
      earliestMs,
    },
    window: during,
    ...budget,
    why: `${budget.why}. Not before ${String(earliestMs / 1000)} s: grace period − renew interval`,
    inputs: [...budget.inputs, inputOf("lease renew interval", settings.kubelet.leaseRenewMs)],
    link: { name: "the loss is noticed", after: "fault" },
  };
}

function livingStayReady(situation: Situation, bridgeMs: number): Expectation {
  return {
    id: "nodes.living-stay-ready",
    title: "No living machine's node leaves Ready",
    judge: {
      kind: "state-holds",
      select: { probe: "nodes", subjects: situation.livingNodes, bridgeMs },
      want: { is: "True" },
    },
    window: throughout,
    ...none("Their kubelets live; the loss of another machine is no reason to lose a node"),
  };
}

/** The margin: how near the living nodes came to the grace period, e.g. by sitting on a dead connection. */
function renewals(situation: Situation): Expectation {
  const { nodeMonitorGraceMs } = situation.input.settings.controllerManager;
  return {
    id: "nodes.renewal-gap",
    title: "The longest time between two lease renewals of a living node stays below the grace period",
    judge: {
      kind: "gauge-max",
      probe: "leases",
      subjects: situation.livingNodes.map((node) => `${node}/gap`),
    },
    window: during,
    unit: "s",
    budget: nodeMonitorGraceMs.value / 1000,
    expected: situation.input.settings.kubelet.leaseRenewMs.value / 1000,
    why: `${String(nodeMonitorGraceMs.value / 1000)} s: at the grace period the node would be marked`,
    inputs: [inputOf("node monitor grace period", nodeMonitorGraceMs)],
  };
}
