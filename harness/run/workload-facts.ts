// Where the demo workload runs and how it behaves, as predictions need it.
import { demoNamespace } from "../workloads/manifests.ts";
import { demoReadiness } from "../workloads/subject.ts";
import type { DemoPod } from "../workloads/demo.ts";
import type { Settings, Topology } from "../lab/facts.ts";
import type { WorkloadFacts } from "../verdict/predict/index.ts";
import type { LabFile } from "../lab/lab-file.ts";
import type { PlanInput } from "../scenario.ts";
import type { Plan } from "./plan-file.ts";
import type { Session } from "./session.ts";

/** As it is now; the demo's toleration is the declared one, so that pods which have another one are found out. */
export function workloadFacts(
  {
    workload,
    topology,
    plan,
    settings,
  }: { workload: Pick<Session["workload"], "subject"> } & Pick<Session, "topology" | "plan" | "settings">,
  pods: readonly DemoPod[],
): WorkloadFacts {
  const { subject } = workload;
  const on = (node: string) => pods.filter((pod) => pod.node === node).map((pod) => pod.name);
  return {
    namespace: subject.namespace,
    replicas: subject.replicas,
    podsByMachine: Object.fromEntries(topology.machines.map((each) => [each.name, on(each.node)])),
    tolerationMs: subject.tolerationMs ?? toleration(plan, settings),
    podStartMs: subject.podStartMs,
    readinessMs: subject.readinessMs,
    graceful: subject.graceful,
    terminationGraceMs: subject.terminationGraceMs,
    ingress: (subject.way?.host ?? null) !== null,
  };
}

/** As it would be: for a dry run, which deploys nothing. */
export function evenWorkload(plan: Plan, topology: Topology, settings: Settings): WorkloadFacts {
  const { replicas, graceful } = plan.workload;
  const count = topology.machines.length;
  const share = (index: number) =>
    Array.from(
      { length: Math.floor(replicas / count) + (index < replicas % count ? 1 : 0) },
      (_, nth) => `pod ${String(nth + 1)} of ${topology.machines[index]?.name ?? ""}`,
    );
  return {
    namespace: demoNamespace,
    replicas,
    podsByMachine: Object.fromEntries(topology.machines.map((each, index) => [each.name, share(index)])),
    tolerationMs: toleration(plan, settings),
    podStartMs: null,
    readinessMs: demoReadiness(graceful),
    graceful,
    terminationGraceMs: { value: 15_000, source: "demo workload, terminationGracePeriodSeconds" },
    ingress: topology.ingress !== null,
  };
}

/** What the lab file says of its machines and its storage. */
export function allowancesFrom(lab: LabFile): PlanInput["allowances"] {
  const { bootSeconds, componentStartSeconds, copySeconds } = lab.allowances;
  return {
    bootMs: { value: bootSeconds * 1000, source: "lab file, allowances.bootSeconds" },
    componentStartMs: {
      value: componentStartSeconds * 1000,
      source: "lab file, allowances.componentStartSeconds",
    },
    copyMs: { value: copySeconds * 1000, source: "lab file, allowances.copySeconds" },
  };
}

function toleration(plan: Plan, settings: Settings): WorkloadFacts["tolerationMs"] {
  const seconds = plan.workload.tolerationSeconds;
  return seconds === null
    ? settings.apiServer.defaultTolerationMs
    : { value: seconds * 1000, source: `plan ${plan.name}, tolerationSeconds` };
}
