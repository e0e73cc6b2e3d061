// Where the demo workload runs and how it behaves, as predictions need it.
import type { DemoPod } from "../workloads/demo.ts";
import type { Settings, Topology } from "../lab/facts.ts";
import type { WorkloadFacts } from "../verdict/predict/index.ts";
import type { LabFile } from "../lab/lab-file.ts";
import type { PlanInput } from "../scenario.ts";
import type { Plan } from "./plan-file.ts";
import type { Session } from "./session.ts";

const terminationGrace = { value: 15_000, source: "demo workload, terminationGracePeriodSeconds" };

/** As it is now; the toleration is the declared one, so that pods which have another one are found out. */
export function workloadFacts(session: Session, pods: readonly DemoPod[]): WorkloadFacts {
  const { options } = session.workload;
  const on = (node: string) => pods.filter((pod) => pod.node === node).map((pod) => pod.name);
  const { podStartMs } = session.workload;
  return {
    namespace: options.namespace,
    replicas: options.replicas,
    podsByMachine: Object.fromEntries(session.topology.machines.map((each) => [each.name, on(each.node)])),
    tolerationMs: toleration(session.plan, session.settings),
    podStartMs:
      podStartMs === null
        ? null
        : {
            value: podStartMs,
            source:
              "slowest of the demo's pods when they were rolled out together, + 1 s for the API's clock of whole seconds",
          },
    graceful: options.graceful,
    terminationGraceMs: terminationGrace,
    ingress: options.ingressClass !== null,
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
    namespace: "kubedrill-demo",
    replicas,
    podsByMachine: Object.fromEntries(topology.machines.map((each, index) => [each.name, share(index)])),
    tolerationMs: toleration(plan, settings),
    podStartMs: null,
    graceful,
    terminationGraceMs: terminationGrace,
    ingress: topology.ingress !== null,
  };
}

/** What the lab file says of its machines' boot. */
export function allowancesFrom(lab: LabFile): PlanInput["allowances"] {
  const { bootSeconds, componentStartSeconds } = lab.allowances;
  return {
    bootMs: { value: bootSeconds * 1000, source: "lab file, allowances.bootSeconds" },
    componentStartMs: {
      value: componentStartSeconds * 1000,
      source: "lab file, allowances.componentStartSeconds",
    },
  };
}

function toleration(plan: Plan, settings: Settings): WorkloadFacts["tolerationMs"] {
  const seconds = plan.workload.tolerationSeconds;
  return seconds === null
    ? settings.apiServer.defaultTolerationMs
    : { value: seconds * 1000, source: `plan ${plan.name}, tolerationSeconds` };
}
