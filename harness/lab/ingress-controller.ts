// Which pods are the ingress controller: those that hold the ingress' port on the machines that the lab file names. Found
// by the port, so that it does not matter which controller it is and in which namespace it lives.
import type { V1Container, V1Pod } from "@kubernetes/client-node";
import type { IngressController, Sourced } from "./facts.ts";
import { flag, goDurationMs } from "./flags.ts";
import type { World } from "./world.ts";

/** Labels by which a controller tells the generations of its pods apart. */
const generationLabels = new Set([
  "controller-revision-hash",
  "pod-template-generation",
  "pod-template-hash",
  "statefulset.kubernetes.io/pod-name",
]);
/** What makes a deleted pod anew; a static pod is nobody's to delete. */
const makers = new Set(["DaemonSet", "ReplicaSet", "StatefulSet"]);
const defaultGraceSeconds = 30;

/** @returns undefined where no pod holds the port, as behind a NodePort @throws KubedrillError when the API is away */
export async function readIngressController(
  world: World,
  ingress: { machines: readonly string[]; httpPort: number },
): Promise<IngressController | undefined> {
  const { core } = world.kube.main;
  const found = await Promise.all(
    ingress.machines.map(async (name) => {
      const fieldSelector = `spec.nodeName=${world.machine(name).node}`;
      const { items } = await core.listPodForAllNamespaces({ fieldSelector });
      return items.map((pod) => ({ machine: name, pod }));
    }),
  );
  return ingressControllerOf(found.flat(), ingress.httpPort);
}

/** Pure. Where several hold the port on different machines, the one with the most pods. */
export function ingressControllerOf(
  pods: readonly { machine: string; pod: V1Pod }[],
  port: number,
): IngressController | undefined {
  const holding = pods.filter(({ pod }) => holder(pod, port) !== undefined && makerOf(pod) !== undefined);
  const byMaker = Map.groupBy(holding, ({ pod }) => nameOfMaker(pod));
  const [most] = [...byMaker.values()].sort((a, b) => b.length - a.length);
  const first = most?.[0]?.pod;
  const container = first === undefined ? undefined : holder(first, port);
  if (most === undefined || first === undefined || container === undefined) return undefined;
  const maker = makerOf(first);
  const name = `${first.metadata?.namespace ?? ""}/${maker?.name ?? ""}`;
  const applies = applyTime(container, name);
  return {
    namespace: first.metadata?.namespace ?? "",
    name: maker?.name ?? "",
    kind: maker?.kind ?? "",
    labelSelector: selectorOf(first),
    pods: most.map(({ machine, pod }) => ({
      name: pod.metadata?.name ?? "",
      uid: pod.metadata?.uid ?? "",
      machine,
    })),
    terminationGraceMs: {
      value: (first.spec?.terminationGracePeriodSeconds ?? defaultGraceSeconds) * 1000,
      source: `${name}, terminationGracePeriodSeconds`,
    },
    initContainers: first.spec?.initContainers?.length ?? 0,
    ...(applies === undefined ? {} : { applyMs: applies }),
  };
}

/** The container that holds the port; the API fills in `hostPort` for pods on their host's network. */
function holder({ metadata, spec }: V1Pod, port: number): V1Container | undefined {
  if (metadata?.deletionTimestamp !== undefined) return undefined;
  return spec?.containers.find((each) => each.ports?.some((one) => one.hostPort === port) === true);
}

function makerOf({ metadata }: V1Pod) {
  return metadata?.ownerReferences?.find((each) => each.controller === true && makers.has(each.kind));
}

function nameOfMaker(pod: V1Pod): string {
  const maker = makerOf(pod);
  return `${pod.metadata?.namespace ?? ""}/${maker?.kind ?? ""}/${maker?.name ?? ""}`;
}

function selectorOf({ metadata }: V1Pod): string {
  return Object.entries(metadata?.labels ?? {})
    .filter(([key]) => !generationLabels.has(key))
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(",");
}

/**
 * How long a changed endpoint may wait until requests follow it, where the controller is known.
 * Source: Traefik documentation, `providers.providersThrottleDuration` (2 s by default; flags in any case of letters).
 */
function applyTime(container: V1Container, name: string): Sourced<number> | undefined {
  if (container.image?.includes("traefik") !== true) return undefined;
  const option = "providers.providersthrottleduration";
  const words = [...(container.command ?? []), ...(container.args ?? [])].map((each) => each.toLowerCase());
  const set = goDurationMs(flag(words, option));
  return set === undefined
    ? { value: 2000, source: "Traefik default (providers.providersThrottleDuration)" }
    : { value: set, source: `${name} --${option}` };
}
