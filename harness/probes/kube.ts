// What the API says of nodes, of the workload's pods, of the pods beside it, of the ingress controller's and of the
// workload's endpoints. Ids "nodes", "workload", "extras", "ingress", "endpoints"; subjects stand in ./kube-values.ts and ./pod-values.ts.
import type { V1EndpointSlice } from "@kubernetes/client-node";
import type { World } from "../lab/world.ts";
import { briefNode, endpointValues, nodeValues, type BriefNode } from "./kube-values.ts";
import { briefPod, podValues, type BriefPod } from "./pod-values.ts";
import type { Probe } from "./probe.ts";
import { watchProbe } from "./watch-probe.ts";

/** Ready condition, evicting taints and cordon of every node. */
export function nodesProbe({ kube }: Pick<World, "kube">): Probe {
  return watchProbe<BriefNode>({
    info: { probe: "nodes", title: "Nodes as the API has them", group: "nodes" },
    access: kube,
    path: "/api/v1/nodes",
    // Objects of the API's own making; the values are taken from them with care.
    pick: briefNode,
    onObjects: (nodes, { book }) => {
      book.replace("", nodeValues(nodes));
    },
  });
}

const podsProbes = {
  workload: "Pods of the workload as the API has them",
  extras: "Pods beside the workload as the API has them",
  ingress: "Pods of the ingress controller as the API has them",
} as const;

/** @param labelSelector which pods of the namespace */
export function podsProbe(
  world: World,
  probe: keyof typeof podsProbes,
  namespace: string,
  labelSelector: string,
): Probe {
  const { machines, machineOf } = places(world);
  return watchProbe<BriefPod>({
    info: { probe, title: podsProbes[probe], group: "workload" },
    access: world.kube,
    path: `/api/v1/namespaces/${namespace}/pods`,
    labelSelector,
    pick: briefPod,
    onObjects: (pods, { book }) => {
      book.replace("", podValues(pods, machines, machineOf));
    },
  });
}

/** Ready endpoints of a service: where traffic is sent to. */
export function endpointsProbe(world: World, namespace: string, service: string): Probe {
  const { machines, machineOf } = places(world);
  return watchProbe<V1EndpointSlice>({
    info: { probe: "endpoints", title: `Ready endpoints of ${service}`, group: "workload" },
    access: world.kube,
    path: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
    labelSelector: `kubernetes.io/service-name=${service}`,
    pick: (object) => object as unknown as V1EndpointSlice,
    onObjects: (slices, { book }) => {
      book.replace("", endpointValues(slices, machines, machineOf));
    },
  });
}

function places(world: World): { machines: string[]; machineOf: (node: string) => string } {
  const names = new Map(world.machines.map((each) => [each.node, each.name]));
  return { machines: [...names.values()], machineOf: (node) => names.get(node) ?? node };
}
