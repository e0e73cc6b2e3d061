// How much room each machine has for further pods: allocatable − requested, as the scheduler counts it.
import type {
  V1Container,
  V1NodeSpec,
  V1NodeStatus,
  V1ObjectMeta,
  V1PodSpec,
  V1PodStatus,
} from "@kubernetes/client-node";
import { listAll, type KubeObject } from "../kube/list-pages.ts";
import { quantityOf } from "./quantity.ts";
import type { World } from "./world.ts";

export interface Amount {
  cpuCores: number;
  memoryBytes: number;
  pods: number;
}

export interface Room {
  machine: string;
  role: "control-plane" | "worker";
  /** False: cordoned, not Ready, or tainted so that ordinary pods are kept away. */
  open: boolean;
  allocatable: Amount;
  requested: Amount;
  /** What its pods are limited to together; those without a limit add nothing. May be more than there is. */
  limits: Omit<Amount, "pods">;
}

/** @throws KubedrillError when the API does not answer */
export async function readRoom(world: World): Promise<Room[]> {
  const { main } = world.kube;
  const [nodes, pods] = await Promise.all([
    listAll(main, "/api/v1/nodes", {}, readOfNode),
    listAll(main, "/api/v1/pods", {}, readOfPod),
  ]);
  return roomOf(world.machines, nodes, pods);
}

/** Of an object only these, where it has them. */
type Some<T, K extends keyof T> = { [P in K]?: T[P] | undefined };

/** What is read of a node below; the rest, mostly names of images, is let go. */
interface SeenNode {
  metadata?: Some<V1ObjectMeta, "name">;
  spec?: Some<V1NodeSpec, "taints" | "unschedulable">;
  status?: Some<V1NodeStatus, "allocatable" | "conditions">;
}

function readOfNode(object: KubeObject): SeenNode {
  const { metadata, spec, status } = object as SeenNode;
  return {
    metadata: { name: metadata?.name },
    spec: { taints: spec?.taints, unschedulable: spec?.unschedulable },
    status: { allocatable: status?.allocatable, conditions: status?.conditions },
  };
}

/** What is read of a pod below. */
interface SeenPod {
  spec?: Some<V1PodSpec, "nodeName" | "resources" | "overhead"> & {
    containers?: SeenContainer[];
    initContainers?: SeenContainer[];
  };
  status?: Some<V1PodStatus, "phase">;
}
type SeenContainer = Some<V1Container, "resources" | "restartPolicy">;

function readOfPod(object: KubeObject): SeenPod {
  const { spec = {}, status } = object as SeenPod;
  const asks = (containers: SeenContainer[] = []) =>
    containers.map(({ resources, restartPolicy }) => ({ resources, restartPolicy }));
  const { nodeName, containers, initContainers, resources, overhead } = spec;
  return {
    spec: {
      nodeName,
      containers: asks(containers),
      initContainers: asks(initContainers),
      resources,
      overhead,
    },
    status: { phase: status?.phase },
  };
}

/** Pure. Machines without a node have no room. */
export function roomOf(
  machines: readonly { name: string; role: Room["role"]; node: string }[],
  nodes: readonly SeenNode[],
  pods: readonly SeenPod[],
): Room[] {
  return machines.flatMap(({ name, role, node }): Room[] => {
    const object = nodes.find((each) => each.metadata?.name === node);
    if (object === undefined) return [];
    // Also those on their way out: the scheduler counts a pod until it is gone.
    const own = pods.filter((pod) => pod.spec?.nodeName === node && !isOver(pod));
    const { cpu, memory, pods: slots } = object.status?.allocatable ?? {};
    return [
      {
        machine: name,
        role,
        open: isOpen(object),
        allocatable: { cpuCores: amount(cpu), memoryBytes: amount(memory), pods: amount(slots) },
        requested: {
          cpuCores: sum(own.map((pod) => partOf(pod, "requests", "cpu"))),
          memoryBytes: sum(own.map((pod) => partOf(pod, "requests", "memory"))),
          pods: own.length,
        },
        limits: {
          cpuCores: sum(own.map((pod) => partOf(pod, "limits", "cpu"))),
          memoryBytes: sum(own.map((pod) => partOf(pod, "limits", "memory"))),
        },
      },
    ];
  });
}

/** How many pods of one size fit besides those that are there. */
export function fitting({ allocatable, requested, open }: Room, size: Omit<Amount, "pods">): number {
  if (!open) return 0;
  const times = (free: number, each: number) => (each === 0 ? Infinity : Math.floor(free / each));
  return Math.max(
    0,
    Math.min(
      // A millionth of a core is lost in adding up fractions.
      times(allocatable.cpuCores - requested.cpuCores + 1e-6, size.cpuCores),
      times(allocatable.memoryBytes - requested.memoryBytes, size.memoryBytes),
      allocatable.pods - requested.pods,
    ),
  );
}

/** Memory that the scheduler reserves for a pod, bytes. */
export function memoryRequestOf(pod: SeenPod): number {
  return partOf(pod, "requests", "memory");
}

/** What further pods of one size lack when as many as fit are there, in the scheduler's words; null: nothing. */
export function lackingFor(rooms: readonly Room[], size: Omit<Amount, "pods">): string | null {
  const lacks = rooms
    .filter(({ open }) => open)
    .flatMap((room) => {
      const { allocatable, requested } = room;
      const more = fitting(room, size) + 1;
      return [
        requested.cpuCores + more * size.cpuCores > allocatable.cpuCores + 1e-6 ? ["Insufficient cpu"] : [],
        requested.memoryBytes + more * size.memoryBytes > allocatable.memoryBytes
          ? ["Insufficient memory"]
          : [],
        requested.pods + more > allocatable.pods ? ["Too many pods"] : [],
      ].flat();
    });
  return lacks.length === 0 ? null : [...new Set(lacks)].sort().join(" + ");
}

function isOpen(node: SeenNode): boolean {
  const ready = node.status?.conditions?.some((each) => each.type === "Ready" && each.status === "True");
  const shut = (node.spec?.taints ?? []).some((each) => each.effect !== "PreferNoSchedule");
  return ready === true && !shut && node.spec?.unschedulable !== true;
}

function isOver(pod: SeenPod): boolean {
  return pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
}

/**
 * What the scheduler reserves, or what the pod is limited to: the containers and sidecars together, or the largest init
 * container with the sidecars before it, whichever is more, and the runtime's overhead; or what stands at the pod as a
 * whole. Source: kubernetes staging/src/k8s.io/component-helpers/resource/helpers.go, `PodRequests`, `PodLimits`.
 */
function partOf({ spec }: SeenPod, kind: "requests" | "limits", resource: "cpu" | "memory"): number {
  const of = (container: SeenContainer) => amount(container.resources?.[kind]?.[resource]);
  let sidecars = 0;
  let starting = 0;
  for (const each of spec?.initContainers ?? []) {
    if (each.restartPolicy === "Always") sidecars += of(each);
    starting = Math.max(starting, sidecars + (each.restartPolicy === "Always" ? 0 : of(each)));
  }
  const whole = spec?.resources?.[kind]?.[resource];
  const parts = Math.max(starting, sidecars + sum((spec?.containers ?? []).map(of)));
  const part = whole === undefined ? parts : amount(whole);
  // Overhead does not make a limit where there is none.
  return kind === "limits" && part === 0 ? 0 : part + amount(spec?.overhead?.[resource]);
}

function amount(quantity: string | undefined): number {
  return quantity === undefined ? 0 : quantityOf(quantity);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}
