// A lab that can be acted on: its file together with power, shell and API access of each machine.
import type { MachinePower } from "../machines/provider.ts";
import type { Shell } from "../shell/shell.ts";
import type { KubeAccess } from "../kube/access.ts";
import type { LabFile, MachineSpec } from "./lab-file.ts";

export interface Machine {
  name: string;
  role: MachineSpec["role"];
  address: string;
  node: string;
  power: MachinePower;
  shell: Shell;
}

export interface World {
  file: LabFile;
  machines: Machine[];
  /** @throws KubedrillError (usage) when there is no machine of that name. */
  machine(name: string): Machine;
  kube: KubeAccess;
  close(): Promise<void>;
}
