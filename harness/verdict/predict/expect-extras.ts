// What is beside the Deployment on a machine that is off for longer than the toleration: a bare pod is lost for good, a
// StatefulSet's pod has no second copy until somebody says that the first one is dead, a DaemonSet's pod waits.
import type { Expectation } from "../expectation.ts";
import { budgetOf, chain, none } from "./budget.ts";
import { look, nextSlowLook, nodeBack, podsEvicted, podStart } from "./common-links.ts";
import { statefulExpectations } from "./expect-stateful.ts";
import { volumeExpectations } from "./expect-volume.ts";
import { everMs } from "./expect-workload.ts";
import {
  declaredName,
  evictionEarliestMs,
  podsOnMachine,
  removedByForce,
  schedulerBackOff,
  untilDeclared,
} from "./extras-links.ts";
import type { ExtraFacts } from "./input.ts";
import type { Situation } from "./situation.ts";
import { untilReplacedAgain } from "./windows.ts";

export function extrasExpectations(situation: Situation, machine: string): Expectation[] {
  const on = (kind: ExtraFacts["kind"]) => podsOnMachine(situation, kind, machine);
  return [
    ...on("bare-pod").flatMap((pod) => [bareLost(situation, pod, machine), bareStaysLost(situation, pod)]),
    ...on("stateful-set").flatMap((pod) => statefulExpectations(situation, pod, machine)),
    ...on("volume-app").flatMap(() => volumeExpectations(situation, machine)),
    ...on("daemon-set").flatMap((pod) => [waits(pod, machine), daemonReturns(situation, machine)]),
  ];
}

function bareLost(situation: Situation, pod: string, machine: string): Expectation {
  return {
    id: "bare-pod.lost",
    title: "The pod without a controller is given up when its toleration is over",
    judge: {
      kind: "state-within",
      select: { probe: "workload", subjects: [`pod:${pod}`] },
      want: { oneOf: [`terminating@${machine}`, null] },
      earliestMs: evictionEarliestMs(situation),
    },
    window: untilDeclared,
    ...budgetOf(chain("given up", podsEvicted(situation), nextSlowLook(situation.input))),
    link: { name: "the bare pod is given up", after: "nodes.marked" },
  };
}

function bareStaysLost(situation: Situation, pod: string): Expectation {
  return {
    id: "bare-pod.stays-lost",
    title: "The pod without a controller is lost for good",
    judge: {
      kind: "state-within",
      select: { probe: "workload", subjects: [`pod:${pod}`], bridgeMs: everMs },
      want: { is: null },
    },
    window: { from: `${declaredName}.inject`, to: "end" },
    ...budgetOf(chain("gone", removedByForce(situation), look(situation))),
    link: { name: "the bare pod is gone", after: "bare-pod.lost" },
  };
}

function waits(pod: string, machine: string): Expectation {
  return {
    id: "daemon.waits",
    title: "The DaemonSet's pod stays bound to its machine and waits",
    judge: {
      kind: "state-holds",
      select: { probe: "extras", subjects: [`pod:${pod}`] },
      want: { oneOf: [`ready@${machine}`, `not-ready@${machine}`] },
    },
    window: untilDeclared,
    ...none("Its controller lets it tolerate an unreachable node without an end"),
  };
}

function daemonReturns(situation: Situation, machine: string): Expectation {
  return {
    id: "daemon.returned",
    title: `On ${machine} only what belongs there is Ready again: nothing that went elsewhere`,
    judge: {
      kind: "state-within",
      select: { probe: "extras", subjects: [`on:${machine}`] },
      want: {
        is:
          podsOnMachine(situation, "daemon-set", machine).length +
          podsOnMachine(situation, "volume-app", machine).length,
      },
    },
    window: untilReplacedAgain,
    ...budgetOf(
      chain(
        "returned",
        nodeBack(situation),
        podsOnMachine(situation, "volume-app", machine).length === 0 ? null : schedulerBackOff,
        podStart(situation),
        nextSlowLook(situation.input),
      ),
    ),
    link: { name: "the DaemonSet's pod is back", after: "nodes.returned" },
  };
}
