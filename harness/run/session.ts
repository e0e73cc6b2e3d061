// What lives as long as a run: the open lab, the timeline, the ledger, the demo workload and the way to abort.
import { messageOf } from "../base/errors.ts";
import type { LabFile } from "../lab/lab-file.ts";
import { discover, fingerprint } from "../lab/discover.ts";
import type { Settings, Topology } from "../lab/facts.ts";
import { openWorld } from "../lab/open-world.ts";
import type { World } from "../lab/world.ts";
import { Ledger } from "../safety/ledger.ts";
import { undoEntry } from "../safety/heal.ts";
import { namespaceEntry } from "../safety/undo.ts";
import type { WriteProbe } from "../probes/index.ts";
import type { RunEndEvent, Unstamped } from "../timeline/events.ts";
import { Recorder } from "../timeline/recorder.ts";
import { deployDemo, makeNamespace, type DrillWorkload } from "../workloads/demo.ts";
import { demoNamespace, type DemoOptions } from "../workloads/manifests.ts";
import { readOwn } from "../workloads/own.ts";
import type { Plan } from "./plan-file.ts";
import type { Progress } from "./progress.ts";

export interface Session {
  runId: string;
  plan: Plan;
  world: World;
  recorder: Recorder;
  ledger: Ledger;
  topology: Topology;
  settings: Settings;
  workload: DrillWorkload;
  progress: Progress;
  /** Aborts when the run is interrupted; healing goes on regardless. */
  signal: AbortSignal;
  /** The lab was healed right before the run, so clients may sit on dead connections when it begins. */
  healed: boolean;
  /** Entries that could not be undone; no further drill is started. */
  unhealed: string[];
  /** The writers among the probes, for the audit of what they wrote. */
  writers: WriteProbe[];
}

export interface SessionOptions {
  runId: string;
  lab: LabFile;
  plan: Plan;
  healed: boolean;
  timelinePath: string;
  run: { seed: number; kubedrillVersion: string; host: string; arguments: string[] };
  progress: Progress;
  signal: AbortSignal;
}

/**
 * Opens the lab, reads what it is, and brings up the demo workload (ledger entry first). What was begun is taken back
 * when it cannot be finished.
 * @throws KubedrillError when the lab does not answer or the workload does not come up
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { progress, plan, runId, healed } = options;
  const recorder = new Recorder(options.timelinePath);
  const signal = AbortSignal.any([options.signal, recorder.failed]);
  const world = await openWorld(options.lab);
  const ledger = new Ledger(options.lab.name);
  const start = { schema: 1, id: runId, plan: plan.name, startedAt: new Date().toISOString() } as const;
  recorder.record({ type: "run", ...start, nodeVersion: process.versions.node, ...options.run });
  const opening = {
    runId,
    plan,
    healed,
    world,
    recorder,
    ledger,
    progress,
    signal,
    unhealed: [],
    writers: [],
  };
  try {
    progress.line("reading the lab's layout and settings");
    const { topology, settings } = await discover(world);
    const { name } = options.lab;
    recorder.record({ type: "lab", name, fingerprint: fingerprint(topology, settings), topology, settings });
    const workload = await bringUp({ ...options, signal }, world, ledger);
    return { ...opening, topology, settings, workload };
  } catch (error) {
    await close(opening, { type: "run-end", outcome: "failed", reason: messageOf(error) });
    throw error;
  }
}

/** Takes the demo workload away, closes everything. What cannot be undone stays in the ledger and in `unhealed`. */
export async function closeSession(session: Session): Promise<void> {
  await close(session, { type: "run-end", outcome: session.signal.aborted ? "interrupted" : "completed" });
}

type Open = Pick<Session, "runId" | "world" | "recorder" | "ledger" | "progress" | "unhealed">;

async function close(open: Open, end: Unstamped<RunEndEvent>): Promise<void> {
  const entry = open.ledger.pending().find((each) => each.id === demoEntryId(open.runId));
  if (entry !== undefined && open.unhealed.length === 0) {
    open.progress.line("removing what was made for the drills");
    try {
      await undoEntry(open.world, open.ledger, entry);
    } catch (error) {
      open.unhealed.push(messageOf(error));
    }
  }
  open.recorder.record(end);
  open.recorder.close();
  await open.world.close();
  // Told last: everything that was broken is put back by now.
  open.recorder.failed.throwIfAborted();
}

async function bringUp(options: SessionOptions, world: World, ledger: Ledger): Promise<DrillWorkload> {
  const demo = demoOptions(options);
  const { own } = options.plan;
  const chosen = own === null ? null : await readOwn(world, own);
  options.progress.line(
    chosen === null
      ? `bringing up the demo workload (${String(demo.replicas)} pods in namespace ${demo.namespace})`
      : `looking at ${chosen.title}, ${String(chosen.replicas)} pods`,
  );
  const { runId } = options;
  ledger.open(namespaceEntry({ id: demoEntryId(runId), runId, namespace: demo.namespace }));
  await makeNamespace(world, demo);
  return { options: demo, subject: chosen ?? (await deployDemo(world, demo, options.signal)) };
}

function demoEntryId(runId: string): string {
  return `${runId}/demo`;
}

function demoOptions(options: SessionOptions): DemoOptions {
  return {
    namespace: demoNamespace,
    image: options.lab.demo.image,
    replicas: options.plan.workload.replicas,
    tolerationSeconds: options.plan.workload.tolerationSeconds,
    graceful: options.plan.workload.graceful,
    ingressClass: options.lab.ingress?.className ?? null,
  };
}
