// What users of the ingress feel when control planes lose their power: nothing, however many, as long as neither their
// entrance nor the pods that serve them are on a machine that is lost.
import type { Expectation } from "../expectation.ts";
import { none } from "./budget.ts";
import { containersAlive, everMs } from "./expect-workload.ts";
import { nodeExpectations } from "./expect-nodes.ts";
import { recoveryExpectations } from "./expect-recovery.ts";
import { nothingFails, usersSpared, type Users } from "./expect-users.ts";
import type { ExtraFacts, Prediction, PredictionInput } from "./input.ts";
import { quorumOf } from "./quorum.ts";
import { situationOf, type Situation } from "./situation.ts";
import { untilReplaced } from "./windows.ts";

export interface IngressControlPlaneLoss {
  /** Control planes that lose their power under the fault name "outage". */
  machines: string[];
  /** Name of the web application among the extras whose users are watched; it is meant to run on workers only. */
  app: string;
  /** A machine that stays on. */
  entrance: string;
  users: Users;
}

/**
 * Zero is promised whatever the layout: a pod of the application on a machine that is lost is a mistake that users pay
 * for, above all without an API, when nothing takes it out. It is said before the fault, and not excused.
 */
export function predictIngressControlPlaneLoss(
  input: PredictionInput,
  { machines, app, entrance, users }: IngressControlPlaneLoss,
): Prediction {
  const situation = situationOf(input, machines);
  const pods = (input.extras ?? []).find((each) => each.name === app)?.pods ?? [];
  return {
    statements: [
      quorum(situation),
      `Users come in through ${entrance}, which stays on; the pods that serve them run on ${places(pods)}.`,
      whatTheyFeel(situation, pods),
    ],
    expectations: [
      ...usersSpared(
        input,
        users,
        "Ingress controller, kube-proxy and kubelets go on with what they know, and none of the application's pods belongs on a control plane",
      ),
      runsOn(situation, pods),
      ...nodeExpectations(situation),
      ...containersAlive(situation),
      nothingFails(users, {
        id: "requests.return.failed",
        title: "No request fails while the control planes return",
        why: "What returns finds endpoints, routes and rules as it left them",
        window: { from: "outage.heal", to: "recovered" },
      }),
      ...recoveryExpectations(situation),
    ].filter((each) => each !== null),
  };
}

/**
 * How long control planes stay off, ms: longer than anybody in the cluster waits before giving a node or a connection
 * up, so that users would have felt it.
 */
export function ingressControlPlaneLossMs({ settings }: PredictionInput): number {
  const { nodeMonitorGraceMs, nodeMonitorPeriodMs } = settings.controllerManager;
  const { http2ReadIdleMs, http2PingMs } = settings.kubelet;
  return Math.max(
    nodeMonitorGraceMs.value + nodeMonitorPeriodMs.value,
    http2ReadIdleMs.value + http2PingMs.value,
  );
}

function quorum({ off, livingVoters, voters, outcome }: Situation): string {
  const so = outcome === "serves" ? "the API goes on" : "there is no API";
  return `Without ${off.join(", ")} ${String(livingVoters)} of ${String(voters)} voting etcd members live, ${String(quorumOf(voters))} are needed: ${so}.`;
}

function whatTheyFeel({ off, outcome }: Situation, pods: ExtraFacts["pods"]): string {
  const lost = pods.filter((each) => each.machine !== null && off.includes(each.machine)).length;
  if (lost === 0)
    return "They feel nothing: no request fails, neither now nor when the control planes return.";
  const so = outcome === "serves" ? "until their endpoints are out" : "and nothing takes them out";
  return `${String(lost)} of the ${String(pods.length)} pods are on machines that are lost, ${so}: users will feel it, which must not be.`;
}

/** "w1 (2) and w2 (2)". */
function places(pods: ExtraFacts["pods"]): string {
  const counts = new Map<string, number>();
  for (const { machine } of pods) {
    const name = machine ?? "a machine that is not the lab's";
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const words = [...counts].sort().map(([machine, count]) => `${machine} (${String(count)})`);
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}

/** Their containers are never restarted; seen on the machines themselves, so without any API too. */
function runsOn({ input, living }: Situation, pods: ExtraFacts["pods"]): Expectation | null {
  const subjects = pods.flatMap(({ name, machine }) =>
    machine !== null && living.includes(machine) ? [`${machine}/${input.workload.namespace}/${name}/*`] : [],
  );
  if (subjects.length === 0) return null;
  return {
    id: "app.containers-run-on",
    title: "Not one container of the application stops or restarts",
    judge: { kind: "state-unchanged", select: { probe: "containers", subjects, bridgeMs: everMs } },
    window: untilReplaced,
    ...none("Kubelet and runtime need no control plane to keep containers running"),
  };
}
