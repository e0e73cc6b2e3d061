// What a drill is made of: steady → fault → recovered, load, and the procedures of recovery.
import type { Fault } from "../faults/fault.ts";
import type { SnapshotWay, VeleroPlace } from "../lab/facts.ts";
import { judge } from "../verdict/judges/index.ts";
import type { Extra, VolumeApp } from "../workloads/extras.ts";
import { makeExtras, type MadeExtra } from "../workloads/make-extras.ts";
import type { Scaled } from "../workloads/scaled.ts";
import { takeBaseline } from "./baseline.ts";
import { canaryPodInDrill } from "./canary-pod.ts";
import { climb } from "./climb.ts";
import { disasterInDrill } from "./disaster-drill.ts";
import { driftInDrill } from "./drift-drill.ts";
import { newClusterInDrill } from "./new-cluster.ts";
import { proveAlive, replacingMark } from "./prove-alive.ts";
import { rebuildInDrill } from "./rebuild-drill.ts";
import { restoreInDrill } from "./restore-drill.ts";
import type { Session } from "./session.ts";
import { hold, settle } from "./settle.ts";
import type { Stage } from "./stages.ts";
import { waitForSteadyState } from "./steady.ts";
import { takeFacts } from "./take-facts.ts";
import { withUsers, type Way } from "./users.ts";
import { veleroInDrill } from "./velero-drill.ts";
import { volumeSnapshotInDrill } from "./volume-snapshot.ts";
import { withFault, type Outage } from "./with-fault.ts";

export class Experiment {
  readonly #session: Session;
  readonly #drill: string;
  #returned = false;

  constructor(session: Session, drill: string) {
    this.#session = session;
    this.#drill = drill;
  }

  /** Waits until the lab is as it should be before a fault. @throws inconclusive when it does not get there */
  async steady(): Promise<void> {
    await waitForSteadyState(this.#session, "rested");
    this.mark("steady");
    await takeFacts(this.#session, this.#drill, "before");
  }

  /** Breaks something, hands over to the body, and puts it back whatever the body does; see `withFault`. */
  async during(name: string, fault: Fault, body: (outage: Outage) => Promise<void>): Promise<void> {
    await withFault(this.#session, this.#drill, name, fault, body);
  }

  /** Restores etcd from a snapshot by the named strategy, twice in a row; see `restoreInDrill`. */
  async restore(strategy: string): Promise<void> {
    await restoreInDrill(this.#session, this.#drill, strategy);
  }

  /** Deletes a pod with data, its claim and its volume, and makes them again from a dump; see `canaryPodInDrill`. */
  async canaryPod(app: VolumeApp, made: readonly MadeExtra[]): Promise<void> {
    await canaryPodInDrill(this.#session, this.#drill, app, made);
  }

  /** Snapshots a volume, destroys it, and makes another from the snapshot; see `volumeSnapshotInDrill`. */
  async volumeSnapshot(way: SnapshotWay): Promise<void> {
    await volumeSnapshotInDrill(this.#session, this.#drill, way);
  }

  /** Has Velero back up a namespace, deletes it, and has it restored; see `veleroInDrill`. */
  async velero(place: VeleroPlace): Promise<void> {
    await veleroInDrill(this.#session, this.#drill, place);
  }

  /** Loses every control plane with its disk, and makes the cluster again of other machines; see `disasterInDrill`. */
  async disaster(lost: readonly string[]): Promise<void> {
    await disasterInDrill(this.#session, this.#drill, lost);
  }

  /** Loses all control planes but one, and rebuilds the cluster from that one; see `rebuildInDrill`. */
  async rebuild(lost: readonly string[]): Promise<void> {
    await rebuildInDrill(this.#session, this.#drill, lost);
  }

  /** Makes what is declared here in the other lab that the plan names; see `newClusterInDrill`. */
  async moveToNewCluster(): Promise<void> {
    await newClusterInDrill(this.#session, this.#drill);
  }

  /** Restores etcd by the named strategy, and looks for what that does not undo; see `driftInDrill`. */
  async drift(strategy: string): Promise<void> {
    await driftInDrill(this.#session, this.#drill, strategy);
  }

  /** Users send requests while the body runs, which begins when they are served; each is on the timeline. */
  async underLoad(body: () => Promise<void>, way: Way = {}): Promise<void> {
    await withUsers(this.#session, way, body);
  }

  /** Looks at what the cluster uses by itself for so long. */
  async baseline(ms: number): Promise<void> {
    await takeBaseline(this.#session, this.#drill, ms, (name) => {
      this.mark(name);
    });
  }

  /** One stage of load after the other on what an HPA scales, and down to nothing again. */
  async climb(scaled: Scaled, stages: readonly Stage[]): Promise<void> {
    await climb(this.#session, this.#drill, scaled, stages, (name) => {
      this.mark(name);
    });
  }

  /** After healing: waits for what must come back by itself, before anything else is done. */
  async returned(): Promise<void> {
    if (this.#returned) return;
    this.#returned = true;
    await settle(this.#session, this.#drill, replacingMark);
  }

  /** Whether a promise that can be decided by now was kept, for what must not be done otherwise. */
  kept(expectation: string): boolean {
    const { recorder, progress } = this.#session;
    const found = recorder.store
      .all("expectation", this.#drill)
      .find((each) => each.expectation.id === expectation)?.expectation;
    if (found === undefined) throw new Error(`The drill ${this.#drill} promises no ${expectation}.`);
    const kept = judge(recorder.store, this.#drill, found, recorder.now()).verdict === "pass";
    if (!kept) progress.line(`not going on, because this was not seen: ${found.title}`);
    return kept;
  }

  /** Looks on for so long, because something must be seen *not* to happen. */
  async watch(ms: number, why: string): Promise<void> {
    this.mark("watching");
    await hold(this.#session, this.#drill, "watching", ms, why);
  }

  /** Changes one of the drill's extras, and waits until it is as declared now. */
  async change(extra: Extra): Promise<void> {
    const { world, workload, signal, progress } = this.#session;
    progress.line(`changing ${extra.kind} ${extra.name}`);
    await makeExtras(world, workload.options, [extra], (word) => word, signal);
  }

  /** After healing: waits for the expectations on recovery, proves that controllers work, and compares facts. */
  async recovered(): Promise<void> {
    const { signal, progress } = this.#session;
    signal.throwIfAborted();
    progress.line("waiting for recovery");
    // A pod is deleted on purpose only when those that must come back are back.
    await this.returned();
    await proveAlive(this.#session, this.#drill);
    await settle(this.#session, this.#drill, null);
    await waitForSteadyState(this.#session, "recovered");
    this.mark("recovered");
    await takeFacts(this.#session, this.#drill, "after");
  }

  mark(name: string): void {
    this.#session.recorder.record({ type: "mark", drill: this.#drill, name });
  }
}
