// What several drills that take pods away have in common: requests that failed meanwhile, and that the old pods are gone.
import type { Expectation, Window } from "../expectation.ts";
import { budgetOf, chain, given } from "./budget.ts";
import { allowancesOf, type PredictionInput } from "./input.ts";
import { during } from "./windows.ts";

/** @param zero whether nobody needs to lose a request; else how many did is a figure */
export function failedRequests(
  loads: readonly string[],
  window: Window,
  { zero, why, headline }: { zero: boolean; why: string; headline: boolean },
): Expectation {
  return {
    id: "requests.failed",
    title: zero ? "No request fails" : "Requests that failed",
    judge: { kind: "failures", probes: [...loads] },
    window,
    unit: "requests",
    budget: zero ? 0 : null,
    why: zero ? why : `A figure without a budget: ${why}`,
    inputs: [],
    ...(headline ? { headline } : {}),
  };
}

/** Pods that were deleted end within their grace and are not there any more. */
export function podsGone(
  input: PredictionInput,
  { id, title, pods, link }: { id: string; title: string; pods: readonly string[]; link: string },
): Expectation {
  const allowances = allowancesOf(input);
  const gone = chain(
    "gone",
    given("the deletion", allowances.requestMs),
    given("termination", input.workload.terminationGraceMs),
    given("one look of a state probe", allowances.lookMs),
  );
  return {
    id,
    title,
    judge: {
      kind: "state-within",
      select: { probe: "workload", subjects: pods.map((pod) => `pod:${pod}`) },
      want: { is: null },
      mustChange: true,
    },
    window: during,
    ...budgetOf(gone),
    link: { name: link, after: "fault" },
  };
}
