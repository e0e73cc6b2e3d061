// The contract of a restore strategy: from what is known of the layout to a procedure, which is plain data. Whatever is
// done, in whichever order, can so be shown beforehand, written into the ledger, timed, and typed by a person.
import type { LabFile } from "../../lab/lab-file.ts";
import type { WayBack } from "../../safety/way-back.ts";
import type { Command, Stage } from "../../shell/stages.ts";
import type { EtcdPlace } from "./places.ts";

/**
 * `prepare` happens while the cluster serves, and touches nothing of it. From `stop` on the cluster is away. After `start`
 * etcd runs on the restored data, which must then be proven; only `serve` lets clients have it. From then on there is no
 * way back: whoever has seen its revisions would be blind to older ones. Every command of a stage has ended before the
 * next stage begins.
 */
export type Phase = "prepare" | "stop" | "swap" | "start" | "serve";

/** A file of this host that a machine is given. */
export interface Sending {
  machine: string;
  send: string;
  to: string;
}

export type PhasedStage = Omit<Stage, "commands"> & { phase: Phase; commands: (Command | Sending)[] };

export interface Procedure {
  stages: PhasedStage[];
  /** Each member as it is from `start` on: its data may be elsewhere then. */
  restored: readonly EtcdPlace[];
  wayBack: WayBack;
  /** Takes away what the procedure has made but the old data. */
  keepOld: PhasedStage;
  /** Where the old data stays then. */
  kept: { machine: string; path: string }[];
}

/** The cluster that a procedure works on. */
export interface ClusterInput {
  /** Unique to this restore; becomes part of names on the machines. */
  id: string;
  /** Every member that there will be, each on its machine. */
  places: EtcdPlace[];
  /** Those whose machines are lost: nothing is done on them. */
  lost: EtcdPlace[];
  /** Machines that run an API server, with a member or without, and are there. */
  controlPlanes: string[];
  /** Other machines, whose kubelets hold what the API told them. */
  others: string[];
  apiPort: number;
  /** How etcd is reached on its machines. */
  etcd: LabFile["etcd"];
  /** Whether etcd's tools know `--bump-revision` and `--mark-compacted`. */
  canBump: boolean;
}

export interface RestoreInput extends ClusterInput {
  /** On this host. */
  snapshot: string;
}

export interface Strategy {
  id: string;
  title: string;
  /** Why it does not fit this layout; null: it does. */
  unfit(input: Pick<RestoreInput, "places" | "etcd">): string | null;
  /** Pure. */
  plan(input: RestoreInput): Procedure;
}
