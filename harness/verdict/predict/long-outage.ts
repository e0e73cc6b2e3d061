// What must happen when a worker is off for longer than the toleration of its pods: what a controller may make anew is
// made elsewhere, what it may not waits, and nothing moves back when the machine returns.
import type { Expectation } from "../expectation.ts";
import { budgetOf, chain, figure } from "./budget.ts";
import { look, nextSlowLook, nodeBack, nodesMarked, podsEvicted, podStart } from "./common-links.ts";
import { extrasExpectations } from "./expect-extras.ts";
import { podsOnMachine, removedByForce, untilDeclared } from "./extras-links.ts";
import { httpExpectations } from "./expect-http.ts";
import { nodeExpectations } from "./expect-nodes.ts";
import { recoveryExpectations } from "./expect-recovery.ts";
import { nothingMovesBack, podsOn, workloadExpectations } from "./expect-workload.ts";
import type { Prediction, PredictionInput } from "./input.ts";
import { nodeSilenceEarliestMs } from "./links.ts";
import { situationOf, type Situation } from "./situation.ts";
import { during, untilReplacedAgain } from "./windows.ts";

/**
 * @param machine a worker that loses its power under the fault name "outage" and is declared out of service under the
 *   fault name "declared" when everything that follows by itself has followed
 */
export function predictLongOutage(input: PredictionInput, machine: string): Prediction {
  const situation = situationOf(input, [machine]);
  return {
    statements: statements(situation, machine),
    expectations: [
      ...nodeExpectations(situation),
      ...workloadExpectations(situation, alone(input) ? during : untilDeclared),
      ...httpExpectations(situation),
      ...extrasExpectations(situation, machine),
      ...oldCopies(situation, machine),
      nothingMovesBack(machine),
      ...recoveryExpectations(situation),
    ],
  };
}

function statements(situation: Situation, machine: string): string[] {
  const { input, lostNodes } = situation;
  const pods = String(podsOn(input, machine).length);
  const all = String(input.workload.replicas);
  const fullMs = podsEvicted(situation).ms + podStart(situation).ms;
  return [
    `Node ${lostNodes.join(", ")} is marked between ${figure(nodeSilenceEarliestMs(input.settings))} and ${figure(nodesMarked(situation).ms)} after the power cut.`,
    `Its ${pods} pods are evicted ${figure(input.workload.tolerationMs.value)} later and replaced elsewhere: ${all} of ${all} Ready within about ${figure(fullMs)}.`,
    ...(alone(input) ? [] : besideIt(situation, machine)),
    `After power on the old copies are gone and nothing moves back to ${machine}.`,
  ];
}

/** What the drill has put beside the Deployment. */
function besideIt(situation: Situation, machine: string): string[] {
  const named = (kind: Parameters<typeof podsOnMachine>[1]) =>
    podsOnMachine(situation, kind, machine).join(", ");
  return [
    `The bare pod ${named("bare-pod")} is lost for good; the DaemonSet's pod ${named("daemon-set")} waits; the StatefulSet's pod ${named("stateful-set")} is neither removed nor made a second time.`,
    ...(named("volume-app") === ""
      ? []
      : [
          `The successor of ${named("volume-app")}, whose volume is on ${machine}, waits until the machine is back.`,
        ]),
    `Once ${machine} is declared out of service, ${named("stateful-set")} runs elsewhere within ${figure(removedByForce(situation).ms + podStart(situation).ms)}.`,
  ];
}

/** Nothing is beside it: the workload is the user's own, and nobody needs to declare anything. */
function alone({ extras = [] }: PredictionInput): boolean {
  return extras.length === 0;
}

function oldCopies(situation: Situation, machine: string): Expectation[] {
  const { workload } = situation.input;
  const pods = podsOn(situation.input, machine);
  return [
    {
      id: "old-copies.removed",
      title: "No old copy of a pod is left in the API",
      judge: {
        kind: "state-within",
        select: { probe: "workload", subjects: ["terminating"] },
        want: { is: 0 },
      },
      window: untilReplacedAgain,
      ...budgetOf(chain("removed", nodeBack(situation), nextSlowLook(situation.input))),
      link: { name: "old copies are removed", after: "nodes.returned" },
    },
    {
      id: "old-copies.stopped",
      title: `No container of an old copy runs on ${machine}`,
      judge: {
        kind: "state-within",
        select: {
          probe: "containers",
          subjects: pods.map((pod) => `${machine}/${workload.namespace}/${pod}/*`),
        },
        want: { is: null },
      },
      window: untilReplacedAgain,
      ...budgetOf(chain("stopped", nodeBack(situation), look(situation), nextSlowLook(situation.input))),
      link: { name: "old containers are gone", after: "nodes.returned" },
    },
  ];
}
