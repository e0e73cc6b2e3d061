// What users of the workload feel, on every machine that lives: through the ingress and through the node port.
import type { Expectation } from "../expectation.ts";
import { budgetOf, chain, figure, given, type Link } from "./budget.ts";
import { unluckyRun } from "./chance.ts";
import { nextLook, nextSlowLook, nodesMarked, slowTicks } from "./common-links.ts";
import { podsLost } from "./expect-workload.ts";
import type { Situation } from "./situation.ts";
import { during } from "./windows.ts";

/** Without an API nobody takes dead endpoints out; so long a drill is thought to last at most. */
const longestOutageMs = 600_000;

export function httpExpectations(situation: Situation): Expectation[] {
  const { topology, workload } = situation.input;
  const { living } = situation;
  const ingress = (workload.ingress ? (topology.ingress?.machines ?? []) : []).filter((each) =>
    living.includes(each),
  );
  return [...onWay(situation, "ingress", ingress), ...onWay(situation, "nodeport", living)];
}

function onWay(
  situation: Situation,
  way: "ingress" | "nodeport",
  machines: readonly string[],
): Expectation[] {
  if (machines.length === 0) return [];
  const probes = machines.map((machine) => `http.${way}.${machine}`);
  const words = way === "ingress" ? "ingress" : "node port";
  const tickMs = situation.input.tickMs * (way === "ingress" ? 1 : slowTicks);
  const link = chain(
    "the longest gap",
    deadPods(situation, tickMs),
    given("one HTTP request", situation.allowances.requestMs),
    way === "ingress" ? nextLook(situation.input) : nextSlowLook(situation.input),
  );
  return [
    {
      id: `http.${way}.unavailable`,
      title: `The ${words} answers on every machine that lives`,
      judge: { kind: "longest-gap", probes },
      window: during,
      ...budgetOf(link),
      link: { name: `${words} answers`, after: "fault" },
    },
    {
      id: `http.${way}.failures`,
      title: `Requests through the ${words} that failed`,
      judge: { kind: "failures", probes },
      window: during,
      unit: "requests",
      budget: null,
      why: "A figure without a budget: until its endpoints are taken out, a dead pod gets its share of requests",
      inputs: [],
    },
  ];
}

/**
 * Requests go to pods at random; those that go to a dead one fail until its endpoint is taken out.
 * @param tickMs between two requests
 */
export function deadPods(situation: Situation, tickMs: number): Link | null {
  const { input } = situation;
  const lost = podsLost(situation);
  if (lost === 0) return null;
  const { replicas } = input.workload;
  const blindMs = situation.outcome === "serves" ? nodesMarked(situation).ms : longestOutageMs;
  const inARow = unluckyRun(lost / replicas, blindMs / tickMs);
  const source = "the workload before the fault";
  return {
    name: "requests in a row to dead pods",
    ms: inARow * tickMs,
    how: `${String(lost)} of ${String(replicas)} pods are dead, so at most ${String(inARow)} in a row, ${figure(tickMs)} apart, but once in a million runs`,
    inputs: [
      { name: "pods on lost machines", value: lost, unit: "none", source },
      { name: "pods", value: replicas, unit: "none", source },
    ],
  };
}
