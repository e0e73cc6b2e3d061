// A pod whose volume is on a machine that is off for longer than the toleration: its successor waits for the machine.
import type { Expectation } from "../expectation.ts";
import { budgetOf, chain, given, none } from "./budget.ts";
import { nextSlowLook, nodeBack, podsEvicted, podStart } from "./common-links.ts";
import { evictionEarliestMs, knownToBeOff, schedulerBackOff, untilDeclared } from "./extras-links.ts";
import type { Situation } from "./situation.ts";
import { untilReplacedAgain } from "./windows.ts";

export function volumeExpectations(situation: Situation, machine: string): Expectation[] {
  return [volumeWaits(situation), volumeStillWaits(), volumeBack(situation, machine)];
}

function volumeWaits(situation: Situation): Expectation {
  return {
    id: "volume.waits",
    title:
      "The pod whose volume is on the lost machine has a successor that waits, because it may run nowhere else",
    judge: {
      kind: "state-within",
      select: { probe: "extras", subjects: ["unschedulable"] },
      want: { is: 1 },
      earliestMs: evictionEarliestMs(situation),
    },
    window: untilDeclared,
    ...budgetOf(
      chain(
        "waits",
        podsEvicted(situation),
        given("controller and scheduler act", situation.allowances.requestMs),
        nextSlowLook(situation.input),
      ),
    ),
    link: { name: "the volume's pod waits", after: "nodes.marked" },
  };
}

function volumeStillWaits(): Expectation {
  return {
    id: "volume.still-waits",
    title: "It goes on waiting when the machine is declared out of service: its data are there",
    judge: {
      kind: "state-holds",
      select: { probe: "extras", subjects: ["unschedulable"] },
      want: { is: 1 },
    },
    window: knownToBeOff,
    ...none(
      "The scheduler places a pod only where its volume can be reached (PersistentVolume nodeAffinity)",
    ),
  };
}

function volumeBack(situation: Situation, machine: string): Expectation {
  const link = chain(
    "back",
    nodeBack(situation),
    schedulerBackOff,
    given("the scheduler acts", situation.allowances.requestMs),
    podStart(situation),
    nextSlowLook(situation.input),
  );
  return {
    id: "volume.back",
    title: `It runs again on ${machine}, with its volume`,
    judge: {
      kind: "state-within",
      select: { probe: "extras", subjects: ["ready:keeper"] },
      want: { is: 1 },
      mustChange: true,
    },
    window: untilReplacedAgain,
    ...budgetOf(link),
    link: { name: "the volume's pod is back", after: "nodes.returned" },
  };
}
