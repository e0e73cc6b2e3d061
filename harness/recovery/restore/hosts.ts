// Machines on which a procedure works: with a member of etcd, with a control plane, or, where etcd is stacked, with both.
import type { Command } from "../../shell/stages.ts";
import type { EtcdPlace } from "./places.ts";
import type { ClusterInput } from "./procedure.ts";

export interface Host {
  machine: string;
  /** Null: it has no member. */
  place: EtcdPlace | null;
  /** It runs an API server and those that belong to it, as static pods. */
  controlPlane: boolean;
}

export function hostsOf(input: Pick<ClusterInput, "places" | "controlPlanes">): Host[] {
  return [...input.places.map((place) => hostOf(input, place)), ...withoutMember(input)];
}

export function hostOf({ controlPlanes }: Pick<ClusterInput, "controlPlanes">, place: EtcdPlace): Host {
  return { machine: place.machine, place, controlPlane: controlPlanes.includes(place.machine) };
}

/** Control planes whose etcd is elsewhere. */
export function withoutMember({
  places,
  controlPlanes,
}: Pick<ClusterInput, "places" | "controlPlanes">): Host[] {
  return controlPlanes
    .filter((machine) => !places.some((each) => each.machine === machine))
    .map((machine) => ({ machine, place: null, controlPlane: true }));
}

const ofControlPlane = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"];

/** What the kubelet runs there; with none of it there need be no kubelet. */
export function staticPodsOf({ place, controlPlane }: Host): string[] {
  return [...(place?.runtime === "pod" ? ["etcd"] : []), ...(controlPlane ? ofControlPlane : [])];
}

export function hasKubelet(host: Host): boolean {
  return staticPodsOf(host).length > 0;
}

export function everyHost(hosts: readonly Host[], scriptOf: (host: Host) => string): Command[] {
  return hosts.map((host) => ({ machine: host.machine, run: scriptOf(host) }));
}

export function everyMember(places: readonly EtcdPlace[], scriptOf: (place: EtcdPlace) => string): Command[] {
  return places.map((place) => ({ machine: place.machine, run: scriptOf(place) }));
}
