// What a drill file is made of: `drill({...})` once per drill. The files only declare; `run/entry.ts` turns the chosen
// ones into vitest tests in the plan's order, so that listing and dry runs need no test runner.
import type { Experiment } from "./run/experiment.ts";
import type { Fault } from "./faults/fault.ts";
import type { SnapshotWay, Settings, Topology, VeleroPlace } from "./lab/facts.ts";
import type { MachineMemory } from "./lab/memory.ts";
import type { Room } from "./lab/room.ts";
import type { DemoPod, DrillWorkload } from "./workloads/demo.ts";
import type { Extra } from "./workloads/extras.ts";
import type { Scaled } from "./workloads/scaled.ts";
import type { MadeExtra } from "./workloads/make-extras.ts";
import type { Prediction, PredictionInput, RequestCost, WorkloadFacts } from "./verdict/predict/index.ts";

/** What a prediction may be made from: layout and settings as read, and where the workload runs. */
export interface PlanInput {
  topology: Topology;
  settings: Settings;
  workload: WorkloadFacts;
  /** The workload's Ready pods; empty in a dry run, which deploys nothing. */
  pods: DemoPod[];
  /** What the drill wanted beside the Deployment, as it stands; stand-ins in a dry run. */
  extras: MadeExtra[];
  /** How much room each machine has; empty unless the drill reads it. */
  room: Room[];
  /** How much memory pods may still take on the drill's machine; null unless the drill reads it. */
  memory: MachineMemory | null;
  /** The application that the drill measures, with its HPA; null: it measures none. */
  scaled: Scaled | null;
  /** What requests cost that application; null: it measures none. */
  cost: RequestCost | null;
  /** True: as many requests as the drill's stages name, whatever the lab's size. */
  full: boolean;
  /** Most requests a second that a stage sends; null: as the drill has it. */
  maxRateHz: number | null;
  /** True: pods that find no room under load are a failure. */
  failOnSaturation: boolean;
  /** How it snapshots volumes, where it needs that. */
  snapshotWay: SnapshotWay | null;
  tickMs: number;
  allowances: NonNullable<PredictionInput["allowances"]>;
}

export interface DrillPlan<Name extends string = string> {
  /** Faults by the name that marks carry: { outage: powerCut([...]) } gives "outage.inject" and so on. */
  faults: Record<Name, Fault>;
  /** Those that only make sense with the drill's extras; a workload of the user's own is spared them. */
  onExtras?: Record<string, Fault>;
  prediction: Prediction;
}

export interface Needs {
  controlPlanes?: { min: number };
  workers?: { min: number };
  vip?: boolean;
  etcd?: "stacked" | "external";
  etcdRuntime?: "pod" | "systemd";
  /** `daemon-set`: its pods hold the port of their machines, and each is made anew where it was. */
  ingress?: "any" | "daemon-set";
  /** Machines that can be made anew, with nothing on their disks. */
  renewable?: true;
  /** Another lab, which the plan or `--into` names. */
  into?: true;
  /** A way to snapshot volumes; the plan, or `--snapshot-class`, may name one. */
  snapshotWay?: true;
  /** Velero, with a store that it can reach. */
  velero?: true;
}

/** What a plan chooses of what drills may need. */
interface Choices {
  into: string | null;
  snapshotClass: string | null;
}

export interface DrillContext<Name extends string = string> {
  experiment: Experiment;
  plan: DrillPlan<Name>;
  input: PlanInput;
  workload: DrillWorkload;
}

export interface DrillSpec<Name extends string = string> {
  /** "group/name", stable for ever. */
  id: string;
  /** The promise in a sentence. */
  title: string;
  needs: Needs;
  /** For whoever chooses a drill: what its title cannot say, such as where it does not run. */
  note?: string;
  /** True: it can be done to a workload of the user's own as well; it then goes without its extras. */
  own?: true;
  /** Workloads that it wants beside the Deployment; from the room that there is before them, where sizes matter. */
  extras?: readonly Extra[] | ((room: readonly Room[]) => Extra[]);
  /** True: its plan needs to know how much room each machine has. */
  readsRoom?: boolean;
  /** Name of an extra on whose machine memory is to be filled. */
  fills?: string;
  /**
   * Name of an extra that an HPA scales: what a request costs it is measured before anything is predicted. With a
   * workload of the user's own it is that one, which must have an HPA.
   */
  measures?: string;
  /** Pure: who is hit, what must follow and how long it may take. Also what `--dry-run` prints. */
  plan(input: PlanInput): DrillPlan<Name>;
  /** What is done; called in steady state, with prediction and expectations already on record. */
  run(context: DrillContext<Name>): Promise<void>;
}

const registry = new Map<string, DrillSpec>();

/** Declares a drill. @throws Error when the id is taken by another definition */
export function drill<Name extends string>(spec: DrillSpec<Name>): void {
  if (registry.has(spec.id)) throw new Error(`Two drills are called ${spec.id}.`);
  registry.set(spec.id, spec);
}

/** At least so many: reads well in `needs`. */
export function atLeast(min: number): { min: number } {
  return { min };
}

/** What a drill wants beside the Deployment. */
export function extrasOf(spec: DrillSpec, room: readonly Room[]): readonly Extra[] {
  return typeof spec.extras === "function" ? spec.extras(room) : (spec.extras ?? []);
}

/** The pods of an extra by its name, as they stand. */
export function podsOf({ extras }: PlanInput, name: string): MadeExtra["pods"] {
  return extras.find((each) => each.name === name)?.pods ?? [];
}

/** The Deployment's first pods by name; in a dry run, which has none, a stand-in for all of them. */
export function firstPods({ pods }: PlanInput, count: number): { name: string; uid: string }[] {
  if (pods.length === 0)
    return [{ name: `${String(count)} pods of the Deployment`, uid: "known at injection" }];
  return pods
    .map(({ name, uid }) => ({ name, uid }))
    .sort((a, b) => a.name.localeCompare(b.name))
    .slice(0, count);
}

/** How to snapshot volumes, for a drill that needs it. */
export function snapshotWayOf({ snapshotWay }: PlanInput): SnapshotWay {
  if (snapshotWay === null) throw new Error("A drill that snapshots volumes must say so in its needs.");
  return snapshotWay;
}

/** Where Velero is, for a drill that needs it. */
export function veleroOf({ topology: { velero } }: PlanInput): VeleroPlace {
  if (velero === null) throw new Error("A drill that uses Velero must say so in its needs.");
  return velero;
}

/** What each pod of an extra asks for; 0 where the drill has not said it. */
export function sizeOf({ extras }: PlanInput, name: string): number {
  return extras.find((each) => each.name === name)?.memoryBytes ?? 0;
}

/** Every declared drill, in order of declaration. */
export function declaredDrills(): DrillSpec[] {
  return [...registry.values()];
}

/** Why a drill cannot be run on this layout, or null. */
export function unmetNeed(
  needs: Needs,
  topology: Topology,
  { into, snapshotClass }: Choices = { into: null, snapshotClass: null },
): string | null {
  if (needs.into === true && into === null) return "needs another lab: name one by --into";
  if (needs.snapshotWay === true && chosenSnapshotWay(topology, snapshotClass) === undefined)
    return unmetSnapshotWay(snapshotClass);
  if (needs.renewable === true && topology.renewable !== true)
    return "needs machines that can be made anew with empty disks, which only the embedded lab's can";
  if (needs.velero === true && topology.velero === null)
    return "needs Velero with a backup storage location that is available (embedded lab: kubedrill lab add velero)";
  const count = (role: string) => topology.machines.filter((each) => each.role === role).length;
  if (needs.controlPlanes !== undefined && count("control-plane") < needs.controlPlanes.min)
    return `needs ${String(needs.controlPlanes.min)} control planes, the lab has ${String(count("control-plane"))}`;
  if (needs.workers !== undefined && count("worker") < needs.workers.min)
    return `needs ${String(needs.workers.min)} workers, the lab has ${String(count("worker"))}`;
  if (needs.vip === true && topology.vip === null) return "needs a VIP, the lab file names none";
  if (needs.etcd !== undefined && topology.etcd.layout !== needs.etcd)
    return `needs ${needs.etcd} etcd, the lab's is ${topology.etcd.layout}`;
  if (needs.etcdRuntime !== undefined && topology.etcd.runtime !== needs.etcdRuntime)
    return needs.etcdRuntime === "systemd"
      ? "needs etcd as a service, the lab's runs in pods"
      : "needs etcd in pods, the lab's is a service";
  return needs.ingress === undefined ? null : unmetIngress(needs.ingress, topology);
}

/** The named one, else the cluster's default. */
export function chosenSnapshotWay(
  { snapshotWays }: Topology,
  snapshotClass: string | null,
): SnapshotWay | undefined {
  return snapshotWays.find((each) => snapshotClass === null || each.snapshotClass === snapshotClass);
}

function unmetSnapshotWay(snapshotClass: string | null): string {
  const which = snapshotClass === null ? "a VolumeSnapshotClass" : `the VolumeSnapshotClass ${snapshotClass}`;
  return `needs ${which} and a StorageClass of the same driver, both with the policy Delete (embedded lab: kubedrill lab add volumes)`;
}

function unmetIngress(need: NonNullable<Needs["ingress"]>, { ingress }: Topology): string | null {
  if (ingress === null) return "needs an ingress controller, the lab file names none";
  if (need === "any") return null;
  const { controller, httpPort, machines } = ingress;
  if (controller === undefined)
    return `needs an ingress controller whose pods hold the ports of their machines, no pod of one holds port ${String(httpPort)} on ${machines.join(", ")}`;
  if (controller.kind !== "DaemonSet")
    return `needs an ingress controller that is a DaemonSet, ${controller.namespace}/${controller.name} is a ${controller.kind}: its pods may be made anew on other machines`;
  return null;
}
