// The plan of a lab as plain data: which machines, which addresses, who does what. Everything else is made from it.
import { randomBytes } from "node:crypto";
import { usageError } from "../../../harness/base/errors.ts";
import { addressIn } from "./subnets.ts";

export interface MachinePlan {
  /** Host name, node name and name in the lab file: cp1, etcd1, w1. */
  name: string;
  role: MachineRole;
  /** Name of the engine's container. */
  container: string;
  address: string;
  /** The pods of this machine get their addresses from here; the same for the life of the lab. */
  podCidr: string;
  /** VRRP priority; the highest living one holds the VIP. Only control planes have one. */
  vrrpPriority: number | undefined;
  /** systemd's machine id, by which the harness knows that it is the machine it means. */
  machineId: string;
}

export interface LabLayout {
  name: string;
  /** For example v1.35.8. */
  kubernetes: string;
  network: {
    name: string;
    /** A /16 that holds machines, VIP, services and pods, so that one route covers (and confines) them all. */
    subnet: string;
    gateway: string;
    services: string;
    pods: string;
    dns: string;
  };
  vip: { address: string; port: number };
  etcd: { layout: EtcdLayout; runtime: EtcdRuntime };
  /** What a worker offers to pods, whatever the host has. */
  workerMemoryGiB: number;
  machines: MachinePlan[];
}

/** `etcd`: on one of its own, which is no node. */
export type MachineRole = "control-plane" | "etcd" | "worker";

/** On the control planes, or on as many machines of its own. */
export type EtcdLayout = "stacked" | "external";

/** As static pods of kubeadm, or as a service, as kubespray does; on machines of its own always a service. */
export type EtcdRuntime = "pod" | "systemd";

export interface LayoutOptions {
  name: string;
  kubernetes: string;
  controlPlanes: number;
  workers: number;
  workerMemoryGiB: number;
  etcdLayout: EtcdLayout;
  etcdRuntime: EtcdRuntime;
  /** The free /16 (see subnets.ts). */
  subnet: string;
}

export type Shape = Record<SizeName, number> & { etcdLayout: EtcdLayout; etcdRuntime: EtcdRuntime };

export type SizeName = "controlPlanes" | "workers" | "workerMemoryGiB";

/** Plans a lab. Throws a usage error when a size or the name is out of range. */
export function planLayout(options: LayoutOptions): LabLayout {
  checkName(options.name);
  checkShape(options);
  const { name, subnet } = options;
  const plan = (role: MachineRole, count: number) =>
    Array.from({ length: count }, (_, index) => planMachine(options, role, index));
  const { controlPlanes, workers, etcdLayout, etcdRuntime } = options;
  return {
    name,
    kubernetes: options.kubernetes,
    network: {
      name: `kubedrill-${name}`,
      subnet,
      gateway: addressIn(subnet, 0, 1),
      services: `${addressIn(subnet, 64, 0)}/18`,
      pods: `${addressIn(subnet, 128, 0)}/17`,
      dns: addressIn(subnet, 64, 10),
    },
    vip: { address: addressIn(subnet, 0, 10), port: 8443 },
    etcd: { layout: etcdLayout, runtime: etcdRuntime },
    workerMemoryGiB: options.workerMemoryGiB,
    machines: [
      ...plan("control-plane", controlPlanes),
      ...plan("etcd", etcdLayout === "external" ? controlPlanes : 0),
      ...plan("worker", workers),
    ],
  };
}

export function controlPlanesOf(layout: LabLayout): MachinePlan[] {
  return layout.machines.filter((each) => each.role === "control-plane");
}

export function workersOf(layout: LabLayout): MachinePlan[] {
  return layout.machines.filter((each) => each.role === "worker");
}

/** Those with a member of etcd. */
export function etcdMachinesOf(layout: LabLayout): MachinePlan[] {
  return layout.etcd.layout === "stacked"
    ? controlPlanesOf(layout)
    : layout.machines.filter((each) => each.role === "etcd");
}

/** Those that are nodes of the cluster. */
export function nodesOf(layout: LabLayout): MachinePlan[] {
  return layout.machines.filter((each) => each.role !== "etcd");
}

/** What a lab is like, as it would be asked for. */
export function shapeOf(layout: LabLayout): Shape {
  return {
    etcdLayout: layout.etcd.layout,
    etcdRuntime: layout.etcd.runtime,
    controlPlanes: controlPlanesOf(layout).length,
    workers: workersOf(layout).length,
    workerMemoryGiB: layout.workerMemoryGiB,
  };
}

/** The control plane on which kubeadm init runs. */
export function firstControlPlane(layout: LabLayout): MachinePlan {
  const first = controlPlanesOf(layout)[0];
  if (first === undefined) throw usageError(`Lab ${layout.name} has no control plane.`);
  return first;
}

/** Throws a usage error unless the name can be a container, a host name part and a folder. */
export function checkName(name: string): void {
  if (!/^[a-z][a-z0-9-]{0,29}[a-z0-9]$/.test(name))
    throw usageError(
      `"${name}" cannot be the name of a lab: 2 to 31 lower-case letters, digits and dashes, starting with a letter.`,
    );
}

/** Throws a usage error when something is out of range; what is left out is fine. */
export function checkShape(shape: { [Name in keyof Shape]?: Shape[Name] | undefined }): void {
  const { controlPlanes = 3, workers = 2, workerMemoryGiB = 6, etcdLayout, etcdRuntime } = shape;
  if (etcdLayout === "external" && etcdRuntime === "pod")
    throw usageError("On machines of its own a lab's etcd is a service, not in pods: there is no kubelet.", {
      hint: "leave --etcd-runtime out",
    });
  if (![1, 3, 5].includes(controlPlanes))
    throw usageError(
      `A lab has 1, 3 or 5 control planes (etcd needs an odd number), not ${String(controlPlanes)}.`,
    );
  if (!Number.isInteger(workers) || workers < 1 || workers > 20)
    throw usageError(`A lab has 1 to 20 workers, not ${String(workers)}.`);
  if (!(workerMemoryGiB >= 1 && workerMemoryGiB <= 1024))
    throw usageError(`Worker memory is 1 to 1024 GiB, not ${String(workerMemoryGiB)}.`);
}

/** Of names and addresses: cp1 has 0.11 and pods in 129.0/24; w1 has 0.21 and pods in 139.0/24, and so on. */
const ofRole: Record<MachineRole, { prefix: string; offset: number }> = {
  "control-plane": { prefix: "cp", offset: 0 },
  worker: { prefix: "w", offset: 10 },
  etcd: { prefix: "etcd", offset: 40 },
};

function planMachine(options: LayoutOptions, role: MachineRole, index: number): MachinePlan {
  const number = index + 1;
  const name = `${ofRole[role].prefix}${String(number)}`;
  const offset = number + ofRole[role].offset;
  return {
    name,
    role,
    container: `${options.name}-${name}`,
    address: addressIn(options.subnet, 0, 10 + offset),
    podCidr: `${addressIn(options.subnet, 128 + offset, 0)}/24`,
    // 255 would mean "owner of the address", for which keepalived ignores the weight of the check script.
    vrrpPriority: role === "control-plane" ? 254 - index : undefined,
    machineId: randomBytes(16).toString("hex"),
  };
}
