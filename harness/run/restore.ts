// A restore as part of a drill: carried out as an operator would, each stage timed; proven by the members themselves; and
// taken back to the old data when it cannot be proven. What came of it are facts; expectations judge them.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { stateDir } from "../base/paths.ts";
import { messageOf } from "../base/errors.ts";
import { carryOut } from "../recovery/restore/carry-out.ts";
import { preflight } from "../recovery/restore/preflight.ts";
import type { Phase, PhasedStage, Procedure } from "../recovery/restore/procedure.ts";
import { ownersOf, proveAndCommit, whyBroken, type Proof } from "../recovery/restore/prove.ts";
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
 * Marks: "<name>.inject" when the stop begins, ".injected" when all is stopped, ".swapped", ".started", ".proven". Facts:
 * ".outcome" (`committed`, or what went wrong), ".clusters", ".hashes", ".alarms", ".member-lists", ".hash".
 * Actions: ".prepare", ".stop", ".swap", ".start", and each stage as "<name>.<phase>.<number>" with its commands.
 * @returns whether the restored data is what counts now; else the old data is served again
 * @throws KubedrillError when nothing was touched, or when it was interrupted
 */
export async function restoreNow(session: Session, drill: string, order: RestoreOrder): Promise<boolean> {
  const { world, ledger, runId, progress, signal, topology } = session;
  const id = `${String(Date.now() % 1_000_000)}${order.name}`.toLowerCase();
  const input = await preflight(world, { snapshot: order.snapshot, id, clusterUid: topology.clusterUid });
  const procedure = chooseStrategy(input, order.strategy).plan(input);
  const owners = await ownersOf(world, input.places);
  const entry = wayBackEntry({ id: `${runId}/${drill}/${order.name}`, runId, drill }, procedure.wayBack);
  const notes = notesOf(session, drill, order.name, entry, procedure);
  ledger.open(entry);
  try {
    await stagesTimed(session, drill, order.name, procedure, notes);
    notes.state("healing");
    const proof = await proveAndCommit(world, input, owners, procedure, signal);
    notes.proof(proof);
    notes.outcome(proof.wrong[0] ?? committed);
  } catch (error) {
    notes.state("confirmed", "the cluster was taken apart, and the restore was broken off");
    notes.outcome(signal.aborted ? messageOf(error) : await whyBroken(world, input, owners, error));
  } finally {
    await conclude(session, entry, notes);
  }
  signal.throwIfAborted();
  progress.line(
    notes.succeeded()
      ? "restored, proven, and what it made on the machines taken away"
      : "the old data is served again",
  );
  return notes.succeeded();
}

/** With the restored data committed it takes away the old; else it goes back to it. */
async function conclude(
  { world, ledger, unhealed, progress }: Session,
  entry: LedgerEntry,
  notes: Notes,
): Promise<void> {
  if (!notes.succeeded()) progress.line(`NOT restored: ${notes.said()}; going back to the old data`);
  try {
    await undoEntry(world, ledger, entry);
    notes.state("healed", notes.succeeded() ? "on the restored data" : "back on the old data");
  } catch (error) {
    notes.state("broken", messageOf(error));
    unhealed.push(`${entry.kind}: ${messageOf(error)}`);
    progress.line(`COULD NOT HEAL: ${messageOf(error)}`);
  }
}

const markAfter: Partial<Record<Phase, string>> = { stop: "injected", swap: "swapped", start: "started" };

/** Each stage is an action, and so is each phase. */
async function stagesTimed(
  { world, recorder, progress, signal }: Session,
  drill: string,
  name: string,
  { stages }: Procedure,
  notes: Notes,
): Promise<void> {
  const phases = [...new Set(stages.map((each) => each.phase))];
  for (const phase of phases) {
    const own = stages.filter((each) => each.phase === phase);
    const phaseStart = recorder.now();
    if (phase === "stop") {
      notes.state("injecting");
      notes.mark("inject");
    }
    let start = phaseStart;
    const end = (of: string, title: string, since: number, error: string | null, stage?: PhasedStage) => {
      recorder.record({
        type: "action",
        drill,
        name: of,
        title,
        start: since,
        ok: error === null,
        ...(error === null ? {} : { error }),
        ...(stage === undefined ? {} : { commands: commandsOf(stage) }),
      });
    };
    try {
      await carryOut(world, own, {
        signal,
        onStart: ({ title }) => {
          start = recorder.now();
          progress.line(`${phase}: ${title}`);
        },
        onEnd: ({ stage, error }) => {
          const index = String(own.indexOf(stage) + 1);
          end(`${name}.${phase}.${index}`, stage.title, start, error, stage);
        },
      });
    } catch (error) {
      end(`${name}.${phase}`, titles[phase], phaseStart, messageOf(error));
      throw error;
    }
    end(`${name}.${phase}`, titles[phase], phaseStart, null);
    const mark = markAfter[phase];
    if (mark !== undefined) notes.mark(mark);
    if (phase === "stop") {
      notes.state("active");
      notes.state("confirmed", "no container of a control plane runs, and nobody uses etcd's data");
    }
  }
}

const titles: Record<Phase, string> = {
  prepare: "the snapshot is restored beside the data of every member",
  stop: "etcd and the control planes are stopped",
  swap: "the restored data is in place",
  start: "etcd and the control planes are started",
};

function commandsOf({ commands }: PhasedStage): { machine: string; text: string }[] {
  return commands.map((each) => ({
    machine: each.machine,
    text: "send" in each ? `# receives the snapshot as ${each.to}` : each.run,
  }));
}

interface Notes {
  mark(what: string): void;
  state(to: FaultState, note?: string): void;
  outcome(said: string): void;
  proof(proof: Proof): void;
  said(): string;
  succeeded(): boolean;
}

function notesOf(
  { recorder, progress }: Session,
  drill: string,
  name: string,
  entry: LedgerEntry,
  { wayBack }: Procedure,
): Notes {
  let said = "it was broken off";
  const fact = (what: string, value: FactEvent["value"]) => {
    recorder.record({ type: "fact", drill, name: `${name}.${what}`, value });
  };
  return {
    mark: (what) => {
      recorder.record({ type: "mark", drill, name: `${name}.${what}` });
    },
    state: (to, note) => {
      recorder.record({
        type: "fault",
        drill,
        fault: entry.id,
        kind: entry.kind,
        title: "restore of etcd from a snapshot",
        targets: wayBack.committed.map((each) => each.machine),
        state: to,
        band: { label: "restore", tone: "data" },
        ...(note === undefined ? {} : { note }),
      });
    },
    outcome: (what) => {
      said = what;
      fact("outcome", what);
    },
    proof: ({ views, hashedAt }) => {
      fact("clusters", new Set(views.map((each) => each.cluster)).size);
      fact("hashes", new Set(views.map((each) => each.hash)).size);
      fact("alarms", views.flatMap((each) => each.alarms).length);
      fact(
        "member-lists",
        views.map(
          (each) =>
            `${each.machine} knows ${each.members.map((member) => member.split("=")[0] ?? "").join(", ")}`,
        ),
      );
      const first = views[0]?.hash ?? "none";
      progress.line(
        `members: ${views.map((each) => each.machine).join(", ")}; hash ${first} at revision ${String(hashedAt)}`,
      );
      recorder.record({ type: "mark", drill, name: `${name}.proven` });
    },
    said: () => said,
    succeeded: () => said === committed,
  };
}
