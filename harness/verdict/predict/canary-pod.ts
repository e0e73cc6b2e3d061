// What must come back of a pod with data that was deleted with its claim and its volume: every object as it was declared,
// and the same data. Pure.
import type { Expectation } from "../expectation.ts";
import { budgetOf, chain, none } from "./budget.ts";
import { claimBound, look, mountRetried, podStart, request } from "./common-links.ts";
import { worksAsBefore } from "./expect-controllers.ts";
import type { Prediction, PredictionInput } from "./input.ts";
import { situationOf } from "./situation.ts";
import { throughout } from "./windows.ts";

/** What `predictCanaryPod` needs to know of the drill's body. */
export interface CanaryPodPlan {
  objects: number;
  restored: string;
  same: string;
  before: string;
  after: string;
  back: string;
}

export function predictCanaryPod(input: PredictionInput, plan: CanaryPodPlan): Prediction {
  const situation = situationOf(input, []);
  const fact = (id: string, title: string, name: string, why: string): Expectation => ({
    id,
    title,
    judge: { kind: "fact", name, want: { is: plan.objects } },
    window: throughout,
    ...none(why),
  });
  return {
    statements: [
      `${String(plan.objects)} objects come back from the dump as they were declared: a Deployment, its claim and its volume.`,
      "The claim is bound to the same volume, although each is a new object, and the pod reads what it had written.",
    ],
    expectations: [
      fact(
        "objects.restored",
        "What was deleted is made again from the dump",
        plan.restored,
        "Counted by the answers of the API server",
      ),
      {
        id: "pod.returned",
        title: "The pod is Ready again",
        judge: { kind: "action-within", action: plan.back },
        window: throughout,
        ...budgetOf(
          chain(
            "the pod is Ready",
            ...Array.from({ length: plan.objects }, () => request(situation)),
            claimBound(),
            mountRetried(),
            podStart(situation),
            look(situation),
          ),
        ),
        headline: true,
      },
      {
        id: "data.same",
        title: "The pod reads what it had written",
        judge: { kind: "facts-agree", before: plan.before, after: plan.after, how: "equal" },
        window: throughout,
        ...none("A volume with the policy Retain keeps its data when its objects go"),
      },
      fact(
        "objects.same",
        "Object by object all is as in the dump",
        plan.same,
        "Compared in the form in which it was declared",
      ),
      ...worksAsBefore(situation),
    ],
  };
}
