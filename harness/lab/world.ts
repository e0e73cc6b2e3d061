// A lab that can be acted on: its file together with power, shell and API access of each machine.
import type { MachinePower } from "../machines/provider.ts";
import type { Shell } from "../shell/shell.ts";
import type { KubeAccess } from "../kube/access.ts";
import type { LabFile, MachineSpec } from "./lab-file.ts";

export interface Machine {
  name: string;
  role: MachineSpec["role"];
  address: string;
  /** Of a node of the cluster; what is only etcd's has none of that name. */
  node: string;
  power: MachinePower;
  shell: Shell;
}

/** One that is a node of the cluster. */
export interface NodeMachine extends Machine {
  role: NodeRole;
}

export type NodeRole = Exclude<MachineSpec["role"], "etcd">;

export interface World {
  file: LabFile;
  /** The cluster's nodes. */
  machines: NodeMachine[];
  /** Those with a member of etcd: the control planes, or machines that are no nodes. */
  etcdMachines: Machine[];
  /** Every machine of the lab, once. */
  everyMachine: Machine[];
  /** @throws KubedrillError (usage) when there is no machine of that name. */
  machine(name: string): Machine;
  kube: KubeAccess;
  close(): Promise<void>;
}
