// What the promises about pods beside the Deployment have in common: the stretches before and after the machine is
// declared to be out of service, and the links of their budgets.
import type { Window } from "../expectation.ts";
import { chain, given, type Link } from "./budget.ts";
import { request } from "./common-links.ts";
import type { ExtraFacts } from "./input.ts";
import { nodeSilenceEarliestMs } from "./links.ts";
import type { Situation } from "./situation.ts";

/** Name of the fault that declares the machine to be out of service. */
export const declaredName = "declared";
/** While the machine is off and nobody has said why. */
export const untilDeclared: Window = { from: "outage.inject", to: `${declaredName}.inject` };
/** While the machine is off and everybody knows it. */
export const knownToBeOff: Window = { from: `${declaredName}.inject`, to: "outage.heal" };
export const whileDeclared: Window = { from: `${declaredName}.inject`, to: `${declaredName}.heal` };

/** A pod that fits nowhere is tried again after so long at most when something has changed. */
export const schedulerBackOff = given("the scheduler's back-off", {
  value: 10_000,
  source: "KubeSchedulerConfiguration podMaxBackoffSeconds, default 10",
});

/** Pods of extras of a kind on a machine. */
export function podsOnMachine({ input }: Situation, kind: ExtraFacts["kind"], machine: string): string[] {
  const pods = (input.extras ?? []).filter((each) => each.kind === kind).flatMap((each) => each.pods);
  return pods.filter((pod) => pod.machine === machine).map((pod) => pod.name);
}

/** From the declaration until the machine's pods are gone from the API. */
export function removedByForce(situation: Situation): Link {
  return chain(
    "the pods are removed by force",
    request(situation),
    given("the pod collector looks", {
      value: 20_000,
      source: "kubernetes pkg/controller/podgc/gc_controller.go, gcCheckPeriod",
    }),
    request(situation),
  );
}

/** Before the toleration is over nobody is asked to leave. */
export function evictionEarliestMs({ input }: Situation): number {
  return nodeSilenceEarliestMs(input.settings) + input.workload.tolerationMs.value;
}
