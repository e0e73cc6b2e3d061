// A restore as part of a drill: carried out as an operator would, each stage timed; proven by the members themselves; and
// taken back to the old data when it cannot be proven. What came of it are facts; expectations judge them.
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { stateDir } from "../base/paths.ts";
import { messageOf } from "../base/errors.ts";
import { preflight } from "../recovery/restore/preflight.ts";
import type { ClusterInput, Phase, PhasedStage, Procedure } from "../recovery/restore/procedure.ts";
import type { Proof } from "../recovery/restore/prove.ts";
import { restore, type RestoreEnd, type RestoreHooks } from "../recovery/restore/restore.ts";
import { chooseStrategy } from "../recovery/restore/strategies.ts";
import { saveSnapshot } from "../recovery/snapshot/save.ts";
import type { StoredSnapshot } from "../recovery/snapshot/sidecar.ts";
import { undoEntry } from "../safety/heal.ts";
import type { LedgerEntry } from "../safety/mutation.ts";
import { wayBackEntry } from "../safety/way-back.ts";
import type { FactEvent, FaultState } from "../timeline/events.ts";
import type { Session } from "./session.ts";

/** Names of its marks and facts begin with `name`. */
export interface RestoreOrder {
  name: string;
  strategy: string;
  snapshot: StoredSnapshot;
}

export const committed = "restored and proven";

/** Snapshots of drills hold the cluster's secrets: at most those of one drill are there, and only while it runs. */
function drillStore({ world }: Pick<Session, "world">): string {
  return join(stateDir(), "drill-snapshots", world.file.name);
}

/** A snapshot for this drill; its revision and moment are facts "<name>.revision" and the mark "<name>.taken". */
export async function takeSnapshot(session: Session, drill: string, name: string): Promise<StoredSnapshot> {
  const { world, ledger, progress, recorder, signal } = session;
  const store = drillStore(session);
  const onProgress = (line: string) => {
    progress.line(line);
  };
  const snapshot = await saveSnapshot(world, ledger, { store, onProgress, signal });
  recorder.record({ type: "mark", drill, name: `${name}.taken` });
  const { revision, totalKeys, sizeBytes } = snapshot.sidecar.etcd;
  recorder.record({ type: "fact", drill, name: `${name}.revision`, value: revision });
  progress.line(
    `snapshot at revision ${String(revision)}: ${String(totalKeys)} keys, ${(sizeBytes / 2 ** 20).toFixed(1)} MiB`,
  );
  return snapshot;
}

export async function forgetSnapshots(session: Pick<Session, "world">): Promise<void> {
  await rm(drillStore(session), { recursive: true, force: true });
}

/**
 * Marks: "<name>.inject" when the stop begins, ".injected" when all is stopped, ".swapped", ".proven", ".started" when the
 * control planes serve. Facts: ".outcome" (`committed`, or what went wrong), ".clusters", ".hashes", ".alarms",
 * ".member-lists". Actions: ".prepare", ".stop", ".swap", ".start", ".serve", and each of their stages as
 * "<name>.<phase>.<number>" with its commands.
 * @returns whether the restored data is what counts now, and was proven
 * @throws KubedrillError when nothing was touched, or when it was interrupted
 */
export async function restoreNow(session: Session, drill: string, order: RestoreOrder): Promise<boolean> {
  const { world, topology } = session;
  const { name, snapshot, strategy } = order;
  const input = await preflight(world, { snapshot, id: restoreId(name), clusterUid: topology.clusterUid });
  const procedure = chooseStrategy(input, strategy).plan(input);
  const title = "restore of etcd from a snapshot";
  return carryOutInDrill(session, drill, { name, title, input, procedure });
}

/** Unique to a restore, as part of names on machines. */
export function restoreId(name: string): string {
  return `${String(Date.now() % 1_000_000)}${name}`.toLowerCase();
}

export interface ProcedureInDrill {
  name: string;
  title: string;
  input: ClusterInput;
  procedure: Procedure;
  /** What there is again when it cannot be proven; default: the old data, which is served. */
  goesBackTo?: string | undefined;
}

/** As `restoreNow`. */
export async function carryOutInDrill(
  session: Session,
  drill: string,
  { name, title, input, procedure, goesBackTo }: ProcedureInDrill,
): Promise<boolean> {
  const { world, ledger, runId, progress, signal } = session;
  const entry = wayBackEntry({ id: `${runId}/${drill}/${name}`, runId, drill }, procedure.wayBack);
  const state = stateOf(session, drill, entry, { title, procedure });
  ledger.open(entry);
  let end: RestoreEnd = { why: "it was broken off", counts: false };
  try {
    end = await restore(world, { input, procedure }, recordingHooks(session, drill, name, procedure, state));
    // The cluster was taken apart, however far it went; that is what is judged.
    if (end.why !== null) state("confirmed", "the restore was broken off");
    session.recorder.record({
      type: "fact",
      drill,
      name: `${name}.outcome`,
      value: end.why ?? committed,
    });
    if (end.why !== null)
      progress.line(
        `NOT restored: ${end.why}; ${end.counts ? "clients have been given the restored data, so it stays" : `going back to ${goesBackTo ?? "the old data"}`}`,
      );
  } finally {
    await putTogether(session, entry, state, { ...end, goesBackTo });
  }
  signal.throwIfAborted();
  return end.why === null;
}

type SayState = (to: FaultState, note?: string) => void;

function stateOf(
  { recorder }: Session,
  drill: string,
  entry: LedgerEntry,
  { title, procedure }: Pick<ProcedureInDrill, "title" | "procedure">,
): SayState {
  return (to, note) => {
    recorder.record({
      type: "fault",
      drill,
      fault: entry.id,
      kind: entry.kind,
      title,
      targets: procedure.wayBack.committed.map((each) => each.machine),
      state: to,
      band: { label: "restore", tone: "data" },
      ...(note === undefined ? {} : { note }),
    });
  };
}

async function putTogether(
  { world, ledger, unhealed, progress }: Session,
  entry: LedgerEntry,
  state: SayState,
  { counts, goesBackTo }: RestoreEnd & Pick<ProcedureInDrill, "goesBackTo">,
): Promise<void> {
  try {
    await undoEntry(world, ledger, entry);
    state("healed", counts ? "on the restored data" : `back to ${goesBackTo ?? "the old data"}`);
    const again = goesBackTo === undefined ? "the old data is served again" : `there are ${goesBackTo} again`;
    progress.line(counts ? "the restored data is served" : again);
  } catch (error) {
    state("broken", messageOf(error));
    unhealed.push(`${entry.kind}: ${messageOf(error)}`);
    progress.line(`COULD NOT HEAL: ${messageOf(error)}`);
  }
}

const markAfter: Partial<Record<Phase, string>> = { stop: "injected", swap: "swapped", serve: "started" };

const titles: Record<Phase, string> = {
  prepare: "everything is prepared beside the data",
  stop: "etcd and the control planes are stopped",
  swap: "the restored data is in place",
  start: "etcd runs on the restored data",
  serve: "the control planes serve it",
};

/** Each phase is an action, and so is each stage, with its commands. */
function recordingHooks(
  { recorder, progress, signal }: Session,
  drill: string,
  name: string,
  { stages }: Procedure,
  state: SayState,
): RestoreHooks {
  const begun = { phase: 0, stage: 0 };
  const mark = (what: string) => {
    recorder.record({ type: "mark", drill, name: `${name}.${what}` });
  };
  const action = (of: string, title: string, start: number, error: string | null) => {
    const outcome = error === null ? { ok: true } : { ok: false, error };
    return { type: "action" as const, drill, name: `${name}.${of}`, title, start, ...outcome };
  };
  return {
    signal,
    onPhase: (phase) => {
      begun.phase = recorder.now();
      if (phase === "stop") {
        state("injecting");
        mark("inject");
      }
      if (phase === "serve") state("healing");
    },
    onStart: ({ phase, title }) => {
      begun.stage = recorder.now();
      progress.line(`${phase}: ${title}`);
    },
    onEnd: ({ stage, error }) => {
      const own = stages.filter((each) => each.phase === stage.phase);
      const of = `${stage.phase}.${String(own.indexOf(stage) + 1)}`;
      recorder.record({ ...action(of, stage.title, begun.stage, error), commands: commandsOf(stage) });
    },
    onPhaseEnd: (phase, error) => {
      recorder.record(action(phase, titles[phase], begun.phase, error));
      const after = markAfter[phase];
      if (error !== null) return;
      if (after !== undefined) mark(after);
      if (phase !== "stop") return;
      state("active");
      state("confirmed", "no container of a control plane runs, and nobody uses etcd's data");
    },
    onProof: (proof) => {
      recordProof(recorder, drill, name, proof);
      mark("proven");
      const first = proof.views[0]?.hash ?? "none";
      progress.line(
        `members: ${proof.views.map((each) => each.machine).join(", ")}; hash ${first} at revision ${String(proof.hashedAt)}`,
      );
    },
  };
}

export function recordProof(
  recorder: Session["recorder"],
  drill: string,
  name: string,
  { views }: Proof,
): void {
  const fact = (what: string, value: FactEvent["value"]) => {
    recorder.record({ type: "fact", drill, name: `${name}.${what}`, value });
  };
  fact("clusters", new Set(views.map((each) => each.cluster)).size);
  fact("hashes", new Set(views.map((each) => each.hash)).size);
  fact("alarms", views.flatMap((each) => each.alarms).length);
  const names = (members: readonly string[]) => members.map((each) => each.split("=")[0] ?? "").join(", ");
  fact(
    "member-lists",
    views.map(({ machine, members }) => `${machine} knows ${names(members)}`),
  );
}

function commandsOf({ commands }: PhasedStage): { machine: string; text: string }[] {
  return commands.map((each) => ({
    machine: each.machine,
    text: "send" in each ? `# receives ${basename(each.send)} of the snapshot as ${each.to}` : each.run,
  }));
}
