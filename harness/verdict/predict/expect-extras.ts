// What is beside the Deployment on a machine that is off for longer than the toleration: a bare pod is lost for good, a
// StatefulSet's pod has no second copy until somebody says that the first one is dead, a DaemonSet's pod waits.
import type { Expectation, Window } from "../expectation.ts";
import { budgetOf, chain, given, none, type Link } from "./budget.ts";
import { look, nextSlowLook, nodeBack, podsEvicted, podStart, request } from "./common-links.ts";
import { everMs } from "./expect-workload.ts";
import type { ExtraFacts } from "./input.ts";
import { nodeSilenceEarliestMs } from "./links.ts";
import type { Situation } from "./situation.ts";
import { untilReplacedAgain } from "./windows.ts";

/** Name of the fault that declares the machine to be out of service. */
const declaredName = "declared";
/** While the machine is off and nobody has said why. */
export const untilDeclared: Window = { from: "outage.inject", to: `${declaredName}.inject` };
/** While the machine is off and everybody knows it. */
const knownToBeOff: Window = { from: `${declaredName}.inject`, to: "outage.heal" };
const whileDeclared: Window = { from: `${declaredName}.inject`, to: `${declaredName}.heal` };

/** A pod that fits nowhere is tried again after so long at most when something has changed. */
const schedulerBackOff = given("the scheduler's back-off", {
  value: 10_000,
  source: "KubeSchedulerConfiguration podMaxBackoffSeconds, default 10",
});

export function extrasExpectations(situation: Situation, machine: string): Expectation[] {
  const on = (kind: ExtraFacts["kind"]) => podsOnMachine(situation, kind, machine);
  return [
    ...on("bare-pod").flatMap((pod) => [bareLost(situation, pod, machine), bareStaysLost(situation, pod)]),
    ...on("stateful-set").flatMap((pod) => [
      leaves(situation, pod, machine),
      notDuplicated(pod),
      moves(situation, pod),
      staysMoved(pod),
    ]),
    ...on("volume-app").flatMap(() => [
      volumeWaits(situation),
      volumeStillWaits(),
      volumeBack(situation, machine),
    ]),
    ...on("daemon-set").flatMap((pod) => [waits(pod, machine), daemonReturns(situation, machine)]),
  ];
}

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
      earliestMs: 1,
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
      earliestMs: 1,
    },
    window: untilReplacedAgain,
    ...budgetOf(link),
    link: { name: "the volume's pod is back", after: "nodes.returned" },
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

function evictionEarliestMs({ input }: Situation): number {
  return nodeSilenceEarliestMs(input.settings) + input.workload.tolerationMs.value;
}
