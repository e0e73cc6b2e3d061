// A workload of the user's own, read from the cluster: who keeps its pods, how they behave, how users reach them.
import type { V1Pod, V1Service } from "@kubernetes/client-node";
import { usageError } from "../base/errors.ts";
import type { KubeClients } from "../kube/access.ts";
import { unfinishedRollout } from "../lab/rollout.ts";
import type { Subject, Way } from "../lab/subject.ts";
import type { World } from "../lab/world.ts";
import { readinessMs } from "./readiness.ts";

export interface OwnChoice {
  namespace: string;
  /** A label selector as kubectl takes it. */
  selector: string;
  /** What is asked for over HTTP; null: the path of its Ingress. */
  path: string | null;
}

/** Longer is no start of a pod, but one that became Ready again. */
const longestStartMs = 600_000;
/** The API's times are whole seconds, so a difference of two may be so much too short. */
const apiClockMs = 1000;

/** @throws KubedrillError (usage) when nothing matches, or nobody would replace what is lost */
export async function readOwn({ kube }: World, choice: OwnChoice): Promise<Subject> {
  const { namespace, selector } = choice;
  const { main } = kube;
  const { items } = await main.core.listNamespacedPod({ namespace, labelSelector: selector });
  const pods = items.filter((each) => each.metadata?.deletionTimestamp === undefined);
  if (pods.length === 0)
    throw usageError(`No pod in namespace ${namespace} matches ${selector}; nothing was touched.`, {
      hint: `kubectl get pods --namespace ${namespace} --selector ${selector}`,
    });
  const owner = await ownerOf(main, namespace, pods);
  const service = await serviceOf(main, namespace, pods);
  return {
    kind: "own",
    title: `${owner.kind} ${namespace}/${owner.name} (${selector})`,
    namespace,
    controller: { kind: owner.kind, name: owner.name },
    replicaSelector: selector,
    watchSelector: selector,
    replicas: owner.replicas,
    tolerationMs: tolerationOf(pods, owner.name),
    terminationGraceMs: {
      value: Math.max(...pods.map((each) => each.spec?.terminationGracePeriodSeconds ?? 30)) * 1000,
      source: `pods of ${owner.name}, terminationGracePeriodSeconds`,
    },
    graceful: pods.every(isGraceful),
    podStartMs: startOf(pods, owner.name),
    readinessMs: readinessOf(pods, owner.name),
    service: service?.metadata?.name ?? null,
    way: service === null ? null : await wayOf(main, namespace, service, choice.path),
  };
}

interface Owner {
  kind: "Deployment" | "ReplicaSet";
  name: string;
  replicas: number;
}

/** The one controller of all of them. */
async function ownerOf({ apps }: KubeClients, namespace: string, pods: readonly V1Pod[]): Promise<Owner> {
  const owners = pods.map((pod) => pod.metadata?.ownerReferences?.find((each) => each.controller === true));
  const bare = pods[owners.indexOf(undefined)];
  if (bare !== undefined)
    throw usageError(
      `The pod ${namespace}/${bare.metadata?.name ?? ""} has no controller: once lost it stays lost.`,
      { hint: "select the pods of one Deployment" },
    );
  const found = new Map<string, Owner>();
  for (const each of owners) {
    const name = each?.name ?? "";
    const owner = await controllerOf(apps, namespace, each?.kind ?? "", name);
    found.set(`${owner.kind}/${owner.name}`, owner);
  }
  const [owner] = found.values();
  if (owner === undefined || found.size > 1)
    throw usageError(`The selector matches pods of several controllers: ${[...found.keys()].join(", ")}.`, {
      hint: "select the pods of one Deployment",
    });
  return owner;
}

async function controllerOf(
  apps: KubeClients["apps"],
  namespace: string,
  kind: string,
  name: string,
): Promise<Owner> {
  if (kind !== "ReplicaSet")
    throw usageError(
      `The pods belong to the ${kind} ${namespace}/${name}; drills know how to judge those of a Deployment.`,
    );
  const { metadata, spec } = await apps.readNamespacedReplicaSet({ namespace, name });
  const above = metadata?.ownerReferences?.find((each) => each.controller === true);
  if (above?.kind !== "Deployment") return { kind, name, replicas: spec?.replicas ?? 1 };
  const deployment = await apps.readNamespacedDeployment({ namespace, name: above.name });
  const unfinished = unfinishedRollout(deployment);
  if (unfinished !== null)
    throw usageError(
      `The Deployment ${namespace}/${above.name} is being rolled out (${unfinished}): a drill would judge that. Nothing was touched.`,
      { hint: `kubectl rollout status deployment/${above.name} --namespace ${namespace}` },
    );
  return { kind: "Deployment", name: above.name, replicas: deployment.spec?.replicas ?? 1 };
}

/** Shortest time that one of them stays bound to an unreachable node; the admission plugin sets one where nobody did. */
function tolerationOf(pods: readonly V1Pod[], owner: string): Subject["tolerationMs"] {
  const seconds = pods.map((pod) => {
    const matching = (pod.spec?.tolerations ?? []).filter(
      ({ key, effect }) =>
        (key === undefined || key === "node.kubernetes.io/unreachable") &&
        (effect === undefined || effect === "NoExecute"),
    );
    const bounded = matching.flatMap((each) => each.tolerationSeconds ?? []);
    return matching.length > bounded.length || bounded.length === 0 ? null : Math.min(...bounded);
  });
  if (seconds.includes(null))
    throw usageError(
      `Pods of ${owner} tolerate an unreachable node for ever, so they are never replaced when a node is lost.`,
      { hint: "give their toleration of node.kubernetes.io/unreachable its tolerationSeconds" },
    );
  return {
    value: Math.min(...seconds.map((each) => each ?? 0)) * 1000,
    source: `pods of ${owner}, tolerationSeconds of node.kubernetes.io/unreachable`,
  };
}

function isGraceful(pod: V1Pod): boolean {
  const containers = pod.spec?.containers ?? [];
  const serving = containers.filter((each) => (each.ports ?? []).length > 0);
  const careful = (serving.length === 0 ? containers : serving).filter(
    (each) => each.readinessProbe !== undefined && each.lifecycle?.preStop !== undefined,
  );
  return careful.length > 0;
}

function startOf(pods: readonly V1Pod[], owner: string): Subject["podStartMs"] {
  const starts = pods.flatMap((pod) => {
    const created = pod.metadata?.creationTimestamp?.getTime();
    const ready = pod.status?.conditions?.find((each) => each.type === "Ready" && each.status === "True");
    const readyAt = ready?.lastTransitionTime?.getTime();
    return created === undefined || readyAt === undefined ? [] : [readyAt - created];
  });
  const plausible = starts.filter((ms) => ms >= 0 && ms <= longestStartMs);
  return plausible.length === 0
    ? null
    : {
        value: Math.max(...plausible) + apiClockMs,
        source: `slowest of the pods of ${owner} from creation to Ready, + 1 s for the API's clock of whole seconds`,
      };
}

/** They are made from one template. */
function readinessOf([pod]: readonly V1Pod[], owner: string): Subject["readinessMs"] {
  return pod?.spec === undefined ? null : readinessMs(pod.spec.containers, `pods of ${owner}`);
}

/** The first Service whose selector all of them fulfil. */
async function serviceOf(
  { core }: KubeClients,
  namespace: string,
  pods: readonly V1Pod[],
): Promise<V1Service | null> {
  const { items } = await core.listNamespacedService({ namespace });
  const selects = ({ spec }: V1Service) => {
    const wanted = Object.entries(spec?.selector ?? {});
    return (
      wanted.length > 0 &&
      pods.every((pod) => wanted.every(([key, value]) => pod.metadata?.labels?.[key] === value))
    );
  };
  return items.find(selects) ?? null;
}

interface IngressList {
  items: {
    spec?: {
      rules?: {
        host?: string;
        http?: { paths?: { path?: string; backend?: { service?: { name?: string } } }[] };
      }[];
    };
  }[];
}

/** Through its Ingress, and through the node port where there is one for HTTP; null: neither. */
async function wayOf(
  main: KubeClients,
  namespace: string,
  service: V1Service,
  path: string | null,
): Promise<Way | null> {
  const name = service.metadata?.name ?? "";
  const answer = (await main.raw("GET", `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`, {
    timeoutMs: 10_000,
  })) as IngressList;
  const rules = answer.items.flatMap((each) => each.spec?.rules ?? []);
  const leading = rules.flatMap(({ host, http }) =>
    (http?.paths ?? [])
      .filter((each) => each.backend?.service?.name === name)
      .map((each) => ({ host: host ?? null, path: each.path ?? "/" })),
  );
  const [front] = leading;
  // A node port may speak anything; that it speaks HTTP is known by an Ingress before it, or by the path that is given.
  if (front === undefined && path === null) return null;
  const nodePort = service.spec?.ports?.find((each) => each.nodePort !== undefined)?.nodePort ?? null;
  if (front === undefined && nodePort === null) return null;
  return { host: front?.host ?? null, path: path ?? front?.path ?? "/", contains: "", nodePort };
}
