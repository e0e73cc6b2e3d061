// One drill from start to verdict: layout as it is now, workload spread, steady state, prediction on record, body.
import { KubedrillError, messageOf } from "../base/errors.ts";
import { pickMachines } from "../faults/targets.ts";
import { readRoom } from "../lab/room.ts";
import { chosenSnapshotWay, extrasOf, unmetNeed, type DrillSpec, type PlanInput } from "../scenario.ts";
import type { DrillEvent } from "../timeline/events.ts";
import { promisable } from "./promisable.ts";
import { judgeDrill } from "../verdict/judge-run.ts";
import type { DrillVerdict } from "../verdict/verdict-file.ts";
import { spreadDemo, subjectPods } from "../workloads/demo.ts";
import type { Extra } from "../workloads/extras.ts";
import { volumeName, volumePath } from "../workloads/volume-manifests.ts";
import { scaledExtra, scaledOwn, type Scaled } from "../workloads/scaled.ts";
import { makeExtras, removeExtras } from "../workloads/make-extras.ts";
import { volumeEntry } from "../safety/undo.ts";
import { Experiment } from "./experiment.ts";
import { leaveNothing } from "./leave-nothing.ts";
import { measureUsage } from "./measure-usage.ts";
import { putBack } from "./put-back.ts";
import type { Session } from "./session.ts";
import { settledMemory } from "./settled-memory.ts";
import { waitForSteadyState } from "./steady.ts";
import { currentTopology } from "./take-facts.ts";
import { tellWarnings } from "./warnings.ts";
import { allowancesFrom, workloadFacts } from "./workload-facts.ts";

/** Never throws for what the cluster does; the verdict says it. */
export async function runDrill(session: Session, spec: DrillSpec): Promise<DrillVerdict> {
  const { recorder, progress } = session;
  const state = (to: DrillEvent["state"], reason?: string) => {
    recorder.record({
      type: "drill",
      drill: spec.id,
      title: spec.title,
      state: to,
      ...(reason === undefined ? {} : { reason }),
    });
  };
  progress.heading(`▶ ${spec.id}: ${spec.title}`);
  const startedAt = new Date();
  state("started");
  const obstacle = obstacleOf(session, spec);
  // Filled by the body as it makes them, so that they are known whatever becomes of it.
  const made: Extra[] = [];
  if (obstacle !== null) {
    state(obstacle.state, obstacle.reason);
  } else {
    try {
      await body(session, spec, made);
      // It began with nothing unhealed, so this is its own.
      const [left] = session.unhealed;
      if (left === undefined) state("completed");
      else state("inconclusive", left);
    } catch (error) {
      const inconclusive = error instanceof KubedrillError && error.kind === "inconclusive";
      progress.line(`broken off: ${messageOf(error)}`);
      state(inconclusive && !session.signal.aborted ? "inconclusive" : "aborted", messageOf(error));
    }
  }
  await takeAway(session, spec.id, made);
  const verdict = judgeDrill(recorder.store, spec.id);
  if (verdict.verdict !== "pass" && obstacle === null && !session.signal.aborted)
    await tellWarnings(session, spec.id, startedAt);
  progress.line(`${verdict.verdict.toUpperCase()}: ${verdict.reason}`);
  return verdict;
}

function obstacleOf(
  session: Session,
  spec: DrillSpec,
): { state: DrillEvent["state"]; reason: string } | null {
  if (session.signal.aborted) return { state: "aborted", reason: "the run was interrupted" };
  const [unhealed] = session.unhealed;
  if (unhealed !== undefined)
    return { state: "aborted", reason: `an earlier fault could not be healed: ${unhealed}` };
  const unmet = unmetNeed(spec.needs, session.topology, session.plan);
  return unmet === null ? null : { state: "unavailable", reason: unmet };
}

async function body(session: Session, spec: DrillSpec, made: Extra[]): Promise<void> {
  const { recorder, progress, world, workload, signal } = session;
  const experiment = new Experiment(session, spec.id);
  // Only a cluster that is well can make the workload ready for the drill; another one is named as what it is.
  await waitForSteadyState(session, "recovered");
  if (workload.subject.kind === "demo") await spreadDemo(world, workload.options, signal);
  const room = async () => (spec.readsRoom === true ? readRoom(world) : []);
  if (workload.subject.kind === "demo") made.push(...extrasOf(spec, await room()));
  const placeOf = await placesNow(session);
  noteVolumes(session, spec.id, made, placeOf);
  const extras = await makeExtras(world, workload.options, made, placeOf, signal);
  await experiment.steady();
  session.topology = await currentTopology(session);
  const resting = await scaledNow(session, spec, made);
  const cost = resting === null ? null : await measureUsage(session, resting);
  const pods = (await subjectPods(world, workload.subject)).filter((pod) => pod.ready);
  const input: PlanInput = {
    topology: session.topology,
    settings: session.settings,
    workload: workloadFacts(session, pods),
    pods,
    extras,
    room: await room(),
    memory: await memoryFor(session, spec, extras),
    // It may have become more under that load.
    scaled: await scaledNow(session, spec, made),
    cost,
    full: session.plan.full,
    failOnSaturation: session.plan.failOnSaturation,
    maxRateHz: session.plan.maxRateHz,
    snapshotWay: chosenSnapshotWay(session.topology, session.plan.snapshotClass) ?? null,
    tickMs: session.plan.probes.tickMs,
    allowances: allowancesFrom(world.file),
  };
  const plan = promisable(spec.plan(input), workload.subject);
  recorder.record({ type: "prediction", drill: spec.id, statements: plan.prediction.statements });
  for (const [name, value] of Object.entries(plan.prediction.facts ?? {}))
    recorder.record({ type: "fact", drill: spec.id, name: `predicted.${name}`, value });
  for (const expectation of plan.prediction.expectations)
    recorder.record({ type: "expectation", drill: spec.id, expectation });
  for (const statement of plan.prediction.statements) progress.line(`predicted: ${statement}`);
  await spec.run({ experiment, plan, input, workload });
  experiment.mark("end");
  await audit(session, spec.id);
}

/** What the drill measures, as it stands; null: it measures nothing. */
async function scaledNow(
  { world, workload: { subject, options } }: Session,
  { measures }: DrillSpec,
  made: readonly Extra[],
): Promise<Scaled | null> {
  if (measures === undefined) return null;
  if (subject.kind === "own") return scaledOwn(world, subject);
  const extra = made.find(({ name }) => name === measures);
  return extra?.kind === "scaled-app" ? scaledExtra(world, options.namespace, extra) : null;
}

/** Of the machine on which the extra's pod stands. */
async function memoryFor(
  { world, signal }: Session,
  { fills }: DrillSpec,
  extras: PlanInput["extras"],
): Promise<PlanInput["memory"]> {
  const machine = extras.find(({ name }) => name === fills)?.pods[0]?.machine ?? null;
  return machine === null ? null : settledMemory(world, machine, extras, signal);
}

/** From a word for a machine to its name, by where the workload is now. */
async function placesNow(session: Session): Promise<(word: string) => string> {
  const { world, workload, topology } = session;
  const { podsByMachine } = workloadFacts(session, await subjectPods(world, workload.subject));
  return (word) => pickMachines(word, topology, podsByMachine)[0] ?? word;
}

/** What does not go with the namespace has an entry of its own. */
function noteVolumes(
  { ledger, runId, workload }: Session,
  drill: string,
  made: readonly Extra[],
  placeOf: (word: string) => string,
): void {
  for (const extra of made) {
    if (extra.kind !== "volume-app") continue;
    const machine = placeOf(extra.on);
    const volume = volumeName(extra, workload.options);
    const path = volumePath(extra, workload.options);
    const id = volumeEntryId(runId, drill, extra.name);
    ledger.open(volumeEntry({ id, runId, drill }, { volume, machine, path }));
  }
}

function volumeEntryId(runId: string, drill: string, name: string): string {
  return `${runId}/${drill}/volume/${name}`;
}

/** What cannot be taken away now goes with the namespace at the end of the run. */
async function takeAway(session: Session, drill: string, made: readonly Extra[]): Promise<void> {
  const { world, workload, signal, ledger, runId } = session;
  if (made.length === 0) return;
  if (!signal.aborted) await leaveNothing(session, () => removeExtras(world, workload.options, made, signal));
  const volumes = made.map(({ name }) => volumeEntryId(runId, drill, name));
  for (const entry of ledger.pending().filter(({ id }) => volumes.includes(id)))
    await putBack(session, entry);
}

/** Reads back every acknowledged write of this drill; the judge of lost writes needs nothing else. */
async function audit(session: Session, drill: string): Promise<void> {
  const span = session.recorder.store.span(drill);
  for (const writer of session.writers)
    session.recorder.record({ type: "audit", drill, ...(await writer.audit(span)) });
}
