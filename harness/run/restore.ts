// A restore as part of a drill: carried out as an operator would, each stage timed; proven by the members themselves; and
// taken back to the old data when it cannot be proven. What came of it are facts; expectations judge them.
import { preflight } from "../recovery/restore/preflight.ts";
import type { ClusterInput, Procedure } from "../recovery/restore/procedure.ts";
import { restore, type RestoreEnd } from "../recovery/restore/restore.ts";
import { chooseStrategy } from "../recovery/restore/strategies.ts";
import type { StoredSnapshot } from "../recovery/snapshot/sidecar.ts";
import type { LedgerEntry } from "../safety/mutation.ts";
import { wayBackEntry } from "../safety/way-back.ts";
import { putBack } from "./put-back.ts";
import { recordingHooks, type SayState } from "./restore-record.ts";
import type { Session } from "./session.ts";

/** Names of its marks and facts begin with `name`. */
export interface RestoreOrder {
  name: string;
  strategy: string;
  snapshot: StoredSnapshot;
}

export const committed = "restored and proven";

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
  session: Session,
  entry: LedgerEntry,
  state: SayState,
  { counts, goesBackTo }: RestoreEnd & Pick<ProcedureInDrill, "goesBackTo">,
): Promise<void> {
  const why = await putBack(session, entry);
  if (why !== null) {
    state("broken", why);
    return;
  }
  state("healed", counts ? "on the restored data" : `back to ${goesBackTo ?? "the old data"}`);
  const again = goesBackTo === undefined ? "the old data is served again" : `there are ${goesBackTo} again`;
  session.progress.line(counts ? "the restored data is served" : again);
}
