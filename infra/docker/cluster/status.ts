// A look at a lab from outside: power of each machine, node, VIP; nothing is changed, nothing is waited for.
import { apiClient } from "./api.ts";
import { onMachine } from "./engine.ts";
import { controlPlanesOf, type LabLayout, type MachineRole } from "./layout.ts";
import { labPaths } from "./lab-files.ts";
import { labContainers, type MachineState } from "./machines.ts";
import { readyNodes } from "./ready.ts";
import type { LabState } from "./state.ts";

export interface MachineStatus {
  name: string;
  role: MachineRole;
  address: string;
  container: string;
  power: MachineState;
  /** "unknown": the API does not say; "none": the machine is no node. */
  node: "Ready" | "not Ready" | "unknown" | "none";
  holdsVip: boolean;
}

export interface LabStatus {
  name: string;
  /** "partial": an `up` was interrupted; "stopped": not all machines run; "degraded": they do, but nodes are missing. */
  state: "partial" | "stopped" | "degraded" | "up";
  kubernetes: string;
  subnet: string;
  vip: string;
  labFile: string;
  kubeconfig: string;
  machines: MachineStatus[];
}

/** Evidence of a node's life may be this old. */
const recentMs = 40_000;
const lookTimeoutMs = 5_000;

/** The status of a lab that exists. Errors of the engine go through; a dead API is a status, not an error. */
export async function lookAtLab({ layout, phase }: LabState): Promise<LabStatus> {
  const power = await labContainers(layout.name);
  const [ready, holders] = await Promise.all([nodesNow(layout), vipHolders(layout, power)]);
  const machines = layout.machines.map(({ name, role, address, container }): MachineStatus => ({
    name,
    role,
    address,
    container,
    power: power.get(container) ?? "missing",
    node: role === "etcd" ? "none" : nodeState(ready, name),
    holdsVip: holders.includes(name),
  }));
  const paths = labPaths(layout.name);
  return {
    name: layout.name,
    state: phase === "building" ? "partial" : stateOf(machines),
    kubernetes: layout.kubernetes,
    subnet: layout.network.subnet,
    vip: `${layout.vip.address}:${String(layout.vip.port)}`,
    labFile: paths.labFile,
    kubeconfig: paths.kubeconfig,
    machines,
  };
}

function nodeState(ready: readonly string[] | undefined, name: string): MachineStatus["node"] {
  if (ready === undefined) return "unknown";
  return ready.includes(name) ? "Ready" : "not Ready";
}

function stateOf(machines: readonly MachineStatus[]): LabStatus["state"] {
  if (!machines.every((each) => each.power === "running")) return "stopped";
  return machines.every((each) => each.node === "Ready" || each.node === "none") ? "up" : "degraded";
}

async function nodesNow(layout: LabLayout): Promise<string[] | undefined> {
  try {
    const api = await apiClient(labPaths(layout.name).kubeconfig);
    return await readyNodes(api, Date.now() - recentMs, AbortSignal.timeout(lookTimeoutMs));
  } catch {
    return undefined;
  }
}

async function vipHolders(layout: LabLayout, power: ReadonlyMap<string, MachineState>): Promise<string[]> {
  const running = controlPlanesOf(layout).filter((each) => power.get(each.container) === "running");
  const holders = await Promise.all(
    running.map(async ({ name, container }) => {
      const command = ["ip", "-4", "-oneline", "address", "show", "to", layout.vip.address];
      const shown = await onMachine(container, command, { timeoutMs: lookTimeoutMs }).catch(() => "");
      return shown === "" ? [] : [name];
    }),
  );
  return holders.flat();
}
