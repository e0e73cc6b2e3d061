// A StatefulSet's pod on a machine that is off for longer than the toleration: there is no second copy until somebody
// says that the first one is dead.
import type { Expectation } from "../expectation.ts";
import { budgetOf, chain, given, none } from "./budget.ts";
import { nextSlowLook, podsEvicted, podStart } from "./common-links.ts";
import { everMs } from "./expect-workload.ts";
import { evictionEarliestMs, removedByForce, untilDeclared, whileDeclared } from "./extras-links.ts";
import type { Situation } from "./situation.ts";

export function statefulExpectations(situation: Situation, pod: string, machine: string): Expectation[] {
  return [leaves(situation, pod, machine), notDuplicated(pod), moves(situation, pod), staysMoved(pod)];
}

/** Without this the next promise would be kept by a cluster that simply had not come to it yet. */
function leaves(situation: Situation, pod: string, machine: string): Expectation {
  return {
    id: "stateful.leaving",
    title: "The StatefulSet's pod is asked to leave when its toleration is over",
    judge: {
      kind: "state-within",
      select: { probe: "extras", subjects: [`pod:${pod}`] },
      want: { is: `terminating@${machine}` },
      earliestMs: evictionEarliestMs(situation),
    },
    window: untilDeclared,
    ...budgetOf(chain("asked to leave", podsEvicted(situation), nextSlowLook(situation.input))),
    link: { name: "the StatefulSet's pod is to leave", after: "nodes.marked" },
  };
}

function notDuplicated(pod: string): Expectation {
  return {
    id: "stateful.not-duplicated",
    title: "The StatefulSet's pod is not made a second time while nobody knows whether the first one runs",
    judge: {
      kind: "state-unchanged",
      select: { probe: "extras", subjects: [`uid:${pod}`], bridgeMs: everMs },
    },
    window: untilDeclared,
    ...none(
      'Only its kubelet can say that a pod has ended, and it is silent; a StatefulSet makes no successor before (Kubernetes documentation, "Force Delete StatefulSet Pods")',
    ),
    link: { name: "no second copy", after: "stateful.leaving" },
  };
}

function moves(situation: Situation, pod: string): Expectation {
  const link = chain(
    "moved",
    removedByForce(situation),
    given("its controller and the scheduler act", situation.allowances.requestMs),
    podStart(situation),
    nextSlowLook(situation.input),
  );
  return {
    id: "stateful.moved",
    title: "Once the machine is declared out of service, the StatefulSet's pod runs elsewhere",
    judge: {
      kind: "state-within",
      select: { probe: "extras", subjects: [`pod:${pod}`] },
      want: { oneOf: situation.living.map((each) => `ready@${each}`) },
      mustChange: true,
    },
    window: whileDeclared,
    ...budgetOf(link),
    link: { name: "the StatefulSet's pod moves", after: "fault" },
  };
}

function staysMoved(pod: string): Expectation {
  return {
    id: "stateful.stays-moved",
    title: "The StatefulSet's pod does not move back",
    judge: {
      kind: "state-unchanged",
      select: { probe: "extras", subjects: [`uid:${pod}`], bridgeMs: everMs },
    },
    window: { from: "outage.heal", to: "end" },
    ...none("A pod is bound to its node for life, and nobody deletes it"),
  };
}
