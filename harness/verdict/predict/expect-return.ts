// Pods that stay bound to a machine while it is off: they come back with it.
import type { Expectation } from "../expectation.ts";
import { budgetOf, chain } from "./budget.ts";
import { nextSlowLook, nodeBack, podStart } from "./common-links.ts";
import { podsOn } from "./expect-workload.ts";
import type { Situation } from "./situation.ts";
import { untilReplacedAgain } from "./windows.ts";

/** The kubelet finds its pods in the API and starts their containers again. */
export function podsBack(situation: Situation) {
  return chain("the pods are back", nodeBack(situation), podStart(situation), nextSlowLook(situation.input));
}

export function podsReturn(
  situation: Situation,
  machine: string,
  probe: "workload" | "endpoints",
): Expectation {
  const count = podsOn(situation.input, machine).length;
  return {
    id: `${probe}.returned`,
    title:
      probe === "workload"
        ? `Its ${String(count)} pods are Ready on ${machine} again`
        : `Its ${String(count)} endpoints get traffic again`,
    judge: {
      kind: "state-within",
      select: { probe, subjects: [`on:${machine}`] },
      want: { is: count },
    },
    window: untilReplacedAgain,
    ...budgetOf(podsBack(situation)),
    link: { name: probe === "workload" ? "pods are Ready" : "endpoints are back", after: "nodes.returned" },
  };
}
