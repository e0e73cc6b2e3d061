// What users of the ingress feel while an application is rolled out anew, one pod after the other: nothing with a
// readiness probe and a preStop hook; without them, how many requests fail is a figure.
import type { Expectation } from "../expectation.ts";
import { budgetOf, chain, figure, given, none, type Link } from "./budget.ts";
import { nextSlowLook } from "./common-links.ts";
import { usersCounted, usersSpared, type Users } from "./expect-users.ts";
import { allowancesOf, type Prediction, type PredictionInput } from "./input.ts";
import { during } from "./windows.ts";

export interface IngressRollout {
  /** Name of the web application among the extras; it may have one pod more at a time, and never fewer. */
  app: string;
  /** With readiness probe and preStop hook. */
  graceful: boolean;
  users: Users;
}

export function predictIngressRollout(input: PredictionInput, plan: IngressRollout): Prediction {
  const { app, graceful, users } = plan;
  const pods = (input.extras ?? []).find((each) => each.name === app)?.pods.map((each) => each.name) ?? [];
  const rolled = rolledOut(input, pods.length);
  return {
    statements: [
      `The ${String(pods.length)} pods of ${app} are replaced one after the other, all of them within ${figure(replaced(input, rolled).ms)}; never are fewer Ready.`,
      graceful
        ? "No request fails: a new pod gets none before it is Ready, an old one none from before it stops."
        : "Requests fail, and how many is a figure: a pod gets them before it listens and after it has stopped.",
    ],
    expectations: [
      complete(input, pods, rolled),
      full(input, app, pods.length, rolled),
      ...(graceful ? [neverFewer(app, pods.length)] : []),
      ...(graceful
        ? usersSpared(
            input,
            users,
            "A new pod gets requests only when it is Ready, and an old one waits before it stops (preStop), so its endpoint is gone before its process is",
          )
        : usersCounted(users, "the application has no preStop and no readiness gate")),
    ],
  };
}

/** With one pod more allowed and none fewer, each pod waits for the one before. */
function rolledOut(input: PredictionInput, count: number): Link {
  const { requestMs, podStartMs } = allowancesOf(input);
  const each = Array.from({ length: count }, () => [
    given("controller and scheduler act", requestMs),
    given("a pod starts", podStartMs),
  ]);
  return chain("rolled out", given("the restart", requestMs), ...each.flat());
}

function replaced(input: PredictionInput, rolled: Link): Link {
  const { requestMs, lookMs } = allowancesOf(input);
  return chain(
    "replaced",
    rolled,
    given("controller and scheduler act", requestMs),
    given("termination", input.workload.terminationGraceMs),
    given("one look of a state probe", lookMs),
  );
}

function complete(input: PredictionInput, pods: readonly string[], rolled: Link): Expectation {
  return {
    id: "rollout.complete",
    title: "Every old pod was replaced and is gone",
    judge: {
      kind: "state-within",
      select: { probe: "extras", subjects: pods.map((pod) => `pod:${pod}`) },
      want: { is: null },
      mustChange: true,
    },
    window: during,
    ...budgetOf(replaced(input, rolled)),
    link: { name: "the old pods are gone", after: "rollout.full" },
  };
}

function full(input: PredictionInput, app: string, count: number, rolled: Link): Expectation {
  return {
    id: "rollout.full",
    title: `${String(count)} of ${String(count)} new pods are Ready`,
    judge: {
      kind: "state-within",
      select: { probe: "extras", subjects: [`ready:${app}`] },
      want: { is: count },
      // One more than wanted must have been seen meanwhile, else nothing was rolled out.
      mustChange: true,
    },
    window: during,
    ...budgetOf(
      chain(
        "full",
        rolled,
        given("the last old pod goes", allowancesOf(input).requestMs),
        nextSlowLook(input),
      ),
    ),
    link: { name: "new pods are Ready", after: "fault" },
  };
}

function neverFewer(app: string, count: number): Expectation {
  return {
    id: "rollout.never-fewer",
    title: `Never are fewer than ${String(count)} pods Ready`,
    judge: {
      kind: "state-holds",
      select: { probe: "extras", subjects: [`ready:${app}`] },
      want: { atLeast: count },
    },
    window: during,
    ...none("The Deployment's maxUnavailable is 0: an old pod goes only when a new one is Ready"),
  };
}
