// What must come of a dump that is restored into another cluster: every object as it was declared, and workloads that are
// Ready. Pure.
import type { Expectation } from "../expectation.ts";
import { budgetOf, chain, none } from "./budget.ts";
import { look, podStart, request } from "./common-links.ts";
import type { Prediction, PredictionInput } from "./input.ts";
import { situationOf } from "./situation.ts";
import { throughout } from "./windows.ts";

/** What `predictNewCluster` needs to know of the drill's body. */
export interface NewClusterPlan {
  dumped: string;
  made: string;
  odd: string;
  ready: string;
  /** Objects beside the workload's own that the dump has in any case. */
  planted: readonly string[];
}

/** The demo's Deployment, Service and namespace; what more there is, is counted by the dump itself. */
const atLeastObjects = 3;

export function predictNewCluster(input: PredictionInput, plan: NewClusterPlan): Prediction {
  const situation = situationOf(input, []);
  const least = atLeastObjects + plan.planted.length;
  const ready = chain(
    "workloads are Ready",
    // One after the other, and asked for once more before each.
    ...Array.from({ length: 2 * (least + 1) }, () => request(situation)),
    podStart(situation),
    look(situation),
  );
  const expectations: Expectation[] = [
    {
      id: "objects.all",
      title: "The other cluster has every object of the dump, word for word",
      judge: { kind: "facts-agree", before: plan.dumped, after: plan.made, how: "equal" },
      window: throughout,
      ...none(
        "Compared in the form in which it was declared, by what the other cluster's API server answers",
      ),
    },
    {
      id: "objects.odd",
      title: "None is missing there, and none is different",
      judge: { kind: "facts-agree", before: "predicted.odd", after: plan.odd, how: "equal" },
      window: throughout,
      ...none(
        "A dump has nothing of the cluster in it: no UIDs, no addresses, nothing that controllers make",
      ),
    },
    {
      id: "workloads.ready",
      title: "Every Deployment is Ready in the other cluster",
      judge: { kind: "action-within", action: plan.ready },
      window: throughout,
      ...budgetOf(ready),
      headline: true,
    },
  ];
  return {
    statements: [
      "What is declared in the namespace is made in the other cluster, Secrets too, in an order in which each finds what it needs.",
      `Its workloads are Ready there within ${(ready.ms / 1000).toFixed(0)} s, and nothing of it is different.`,
    ],
    facts: { odd: [] },
    expectations,
  };
}
