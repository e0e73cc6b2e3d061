// What users feel when the ingress controller's pod on their entrance is deleted: nobody is served there until another
// one runs in its place; whoever comes in through another machine feels nothing.
import type { IngressController } from "../../lab/facts.ts";
import { inconclusiveError } from "../../base/errors.ts";
import type { Expectation } from "../expectation.ts";
import { budgetOf, chain, figure, given, type Link } from "./budget.ts";
import { nextLook, nextSlowLook } from "./common-links.ts";
import { ingressApplies, nextUser, usersHit, type Users } from "./expect-users.ts";
import { allowancesOf, type Prediction, type PredictionInput } from "./input.ts";
import { during } from "./windows.ts";

/** So long users are watched beyond the longest gap there may be. */
const afterwardsMs = 20_000;

export interface IngressControllerLoss {
  /** The machine through which users come, and whose controller pod is deleted under the fault name "outage". */
  entrance: string;
  users: Users;
}

export function predictIngressControllerLoss(
  input: PredictionInput,
  { entrance, users }: IngressControllerLoss,
): Prediction {
  const controller = controllerOf(input);
  const name = `${controller.namespace}/${controller.name}`;
  const others = (input.topology.ingress?.machines ?? []).filter((each) => each !== entrance);
  const back = entranceBack(input, controller);
  return {
    statements: [
      `The pod of ${name} on ${entrance} is deleted: nobody is served there until its successor runs, ${figure(back.ms)} at most.`,
      others.length === 0
        ? `There is no other entrance than ${entrance}.`
        : `Whoever comes in through ${others.join(", ")} feels nothing.`,
    ],
    expectations: [
      replaced(input, controller, entrance),
      answersAgain(input, back, entrance),
      ...hit(users, back),
      ...(others.length === 0 ? [] : othersServe(input, others)),
    ],
  };
}

/** How long users are watched after the deletion, ms. */
export function ingressControllerLossMs(input: PredictionInput): number {
  return entranceBack(input, controllerOf(input)).ms + afterwardsMs;
}

function controllerOf({ topology }: PredictionInput): IngressController {
  const controller = topology.ingress?.controller;
  if (controller === undefined)
    throw inconclusiveError("No pod of an ingress controller was found that could be lost.");
  return controller;
}

/**
 * A DaemonSet makes a successor only when the old pod has ended, since both would hold the machine's ports.
 * Source: kubernetes pkg/controller/daemon/daemon_controller.go, `podsShouldBeOnNode`.
 */
function successorRuns(
  input: PredictionInput,
  { terminationGraceMs, initContainers }: IngressController,
): Link {
  const { requestMs, podStartMs } = allowancesOf(input);
  return chain(
    "the successor runs",
    given("the deletion", requestMs),
    given("termination of the old pod", terminationGraceMs),
    given("controller and scheduler act", requestMs),
    ...Array.from({ length: initContainers }, () => given("an init container runs", podStartMs)),
    given("a pod starts", podStartMs),
  );
}

/** It has begun to answer when it has read its routes. */
function entranceBack(input: PredictionInput, controller: IngressController): Link {
  return chain(
    "the entrance is back",
    successorRuns(input, controller),
    given("it reads its routes", allowancesOf(input).requestMs),
    ingressApplies(input),
  );
}

function replaced(input: PredictionInput, controller: IngressController, entrance: string): Expectation {
  const count = controller.pods.filter((each) => each.machine === entrance).length;
  return {
    id: "controller.replaced",
    title: `A pod of the ingress controller is Ready on ${entrance} again`,
    judge: {
      kind: "state-within",
      select: { probe: "ingress", subjects: [`on:${entrance}`] },
      want: { is: count },
      mustChange: true,
    },
    window: during,
    ...budgetOf(chain("replaced", successorRuns(input, controller), nextSlowLook(input))),
    link: { name: "the controller is replaced", after: "fault" },
  };
}

function answersAgain(input: PredictionInput, back: Link, entrance: string): Expectation {
  return {
    id: "entrance.back",
    title: `${entrance} leads users to the workload again`,
    judge: { kind: "back-within", probes: [`http.ingress.${entrance}`] },
    window: during,
    ...budgetOf(
      chain("back", back, given("one HTTP request", allowancesOf(input).requestMs), nextLook(input)),
    ),
    link: { name: "the entrance is back", after: "controller.replaced" },
  };
}

function hit(users: Users, back: Link): Expectation[] {
  const gap = chain("the longest gap", back, nextUser(users));
  const failed = Math.ceil((users.rateHz * gap.ms) / 1000);
  return usersHit(users, {
    failed,
    watchedMs: back.ms + afterwardsMs,
    gap,
    why: `${String(users.rateHz)} requests a second while nobody is served: ${budgetOf(gap).why}`,
    inputs: gap.inputs,
    after: "entrance.back",
  });
}

function othersServe(input: PredictionInput, others: readonly string[]): Expectation[] {
  const probes = others.map((machine) => `http.ingress.${machine}`);
  const why = "Each machine has a controller of its own, which needs no other";
  return [
    {
      id: "others.failed",
      title: `No request through ${others.join(", ")} fails`,
      judge: { kind: "failures", probes },
      window: during,
      unit: "requests",
      budget: 0,
      why,
      inputs: [],
    },
    {
      id: "others.longest-gap",
      title: `Somebody is served all the time through ${others.join(", ")}`,
      judge: { kind: "longest-gap", probes },
      window: during,
      ...budgetOf(
        chain("the longest gap", given("one HTTP request", allowancesOf(input).requestMs), nextLook(input)),
      ),
    },
  ];
}
