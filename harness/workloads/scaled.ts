// What an HPA scales, as a ladder of load needs it: a drill's own application, or a Deployment of the user's.
import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { usageError } from "../base/errors.ts";
import { defaultScaleUp, readAutoscaler, type LadderApp } from "../lab/autoscaler.ts";
import { quantityOf } from "../lab/quantity.ts";
import type { Subject } from "../lab/subject.ts";
import type { World } from "../lab/world.ts";
import type { Extra } from "./extras.ts";
import { hostOf } from "./manifests.ts";

export interface Scaled extends LadderApp {
  namespace: string;
  /** Of its pods. */
  selector: string;
  deployment: string;
  /** Its pods and where they are. */
  seats: { name: string; machine: string }[];
  /** Through the ingress. */
  way: { host: string; path: string };
}

type ScaledApp = Extract<Extra, { kind: "scaled-app" }>;

/**
 * A drill's own application as it stands. What its pods ask for is what the drill has declared, so that pods which ask
 * for something else are found out.
 * @throws KubedrillError when the API does not answer
 */
export async function scaledExtra(world: World, namespace: string, extra: ScaledApp): Promise<Scaled> {
  const { requests, cpuLimitCores } = extra;
  return { ...(await readScaled(world, placeOf(namespace, extra))), requests, cpuLimitCores };
}

/**
 * The user's own as it stands.
 * @throws KubedrillError (usage) when it has no HPA, no way through the ingress, or what it does cannot be predicted
 */
export async function scaledOwn(world: World, subject: Subject): Promise<Scaled> {
  const { namespace, replicaSelector: selector, controller, way, title } = subject;
  if (controller?.kind !== "Deployment")
    throw usageError(`${title} is no Deployment; the ladder climbs one that an HPA scales.`);
  const host = way?.host ?? null;
  if (way === null || host === null)
    throw usageError(`No Ingress leads to ${title}, so no clients can be sent there through the ingress.`, {
      hint: "give it a Service and an Ingress with a host name",
    });
  return readScaled(world, {
    namespace,
    selector,
    deployment: controller.name,
    way: { host, path: way.path },
    seen: { probe: "workload", ready: "ready" },
    onWorkers: false,
  });
}

/** @throws KubedrillError (usage) besides when it is scaled up already: what the load adds could not be told */
export async function restingOwn(world: World, subject: Subject): Promise<Scaled> {
  const scaled = await scaledOwn(world, subject);
  if (scaled.standing > scaled.minReplicas)
    throw usageError(
      `${subject.title} has ${String(scaled.standing)} pods, its HPA's minimum is ${String(scaled.minReplicas)}: it is under load already.`,
      { hint: "run the ladder when it is idle" },
    );
  return scaled;
}

/** A drill's own application as it would be: for a dry run, which makes nothing. Pure. */
export function scaledAsDeclared(namespace: string, extra: ScaledApp): Scaled {
  const { name, requests, cpuLimitCores, maxReplicas, targetPercent, scaleDownSeconds } = extra;
  const source = "as the drill declares it";
  return {
    ...placeOf(namespace, extra),
    name,
    requests,
    cpuLimitCores,
    minReplicas: 1,
    maxReplicas,
    targetPercent,
    up: defaultScaleUp,
    upWindowMs: { value: 0, source },
    downWindowMs: { value: scaleDownSeconds * 1000, source },
    standing: 0,
    seats: [],
  };
}

type Place = Pick<Scaled, "namespace" | "selector" | "deployment" | "way" | "seen" | "onWorkers">;

function placeOf(namespace: string, { name }: ScaledApp): Place {
  return {
    namespace,
    selector: `app=${name},app.kubernetes.io/managed-by=kubedrill`,
    deployment: name,
    way: { host: hostOf(name), path: "/hostname" },
    seen: { probe: "extras", ready: `ready:${name}` },
    onWorkers: true,
  };
}

async function readScaled({ kube, machines }: World, place: Place): Promise<Scaled> {
  const { namespace, selector, deployment } = place;
  const autoscaler = await readAutoscaler(kube.main, namespace, deployment);
  const { items } = await kube.main.core.listNamespacedPod({ namespace, labelSelector: selector });
  const pods = items.filter(
    ({ metadata, spec }) => metadata?.deletionTimestamp === undefined && spec?.nodeName !== undefined,
  );
  const [pod] = pods;
  if (pod === undefined)
    throw usageError(`The Deployment ${namespace}/${deployment} has no pod on a machine.`);
  if (!place.onWorkers) refuseOwn(deployment, pod);
  return {
    ...place,
    ...autoscaler,
    requests: { cpuCores: requestOf(pod, "cpu"), memoryBytes: requestOf(pod, "memory") },
    cpuLimitCores: limitOf(pod),
    standing: pods.length,
    seats: pods.flatMap(({ metadata, spec }) => {
      const machine = machines.find((each) => each.node === spec?.nodeName)?.name;
      return machine === undefined ? [] : [{ name: metadata?.name ?? "", machine }];
    }),
  };
}

/** What the prediction does not know how to count. */
function refuseOwn(deployment: string, pod: V1Pod): void {
  const { spec } = pod;
  if (requestOf(pod, "cpu") === 0)
    throw usageError(
      `The pods of ${deployment} ask for no CPU (resources.requests.cpu), so an HPA cannot tell how much of it they use.`,
    );
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required !== undefined || Object.keys(spec?.nodeSelector ?? {}).length > 0)
    throw usageError(
      `The pods of ${deployment} may not run on every machine (nodeSelector or node affinity): where their room ends cannot be predicted.`,
    );
}

function requestOf({ spec }: V1Pod, resource: "cpu" | "memory"): number {
  const of = ({ resources }: V1Container) => resources?.requests?.[resource];
  return (spec?.containers ?? []).reduce((sum, each) => sum + quantityOf(of(each) ?? "0"), 0);
}

/** Infinity: one of its containers may use whatever is there. */
function limitOf({ spec }: V1Pod): number {
  const limits = (spec?.containers ?? []).map(({ resources }) => resources?.limits?.cpu);
  return limits.reduce((sum, each) => sum + (each === undefined ? Infinity : quantityOf(each)), 0);
}
