// What a restore has cost and brought back: writes by the revision of the snapshot, canaries, and what a client that
// watched all the time knows.
import { inWords, type Watcher } from "../recovery/restore/watcher.ts";
import { canaryPods, readCanaries, restoredCanaries } from "../workloads/canaries.ts";
import type { Session } from "./session.ts";
import { waitForAction } from "./wait-for-action.ts";

/**
 * Facts "rpo.up-to" and "rpo.lost-up-to" (acknowledged up to the revision that is kept, and not there), "rpo.after" and
 * "rpo.kept-after" (acknowledged after it, and there all the same), "rpo.unknown", "rpo.seconds".
 * @param of `name`: of a restore that was proven, see `restoreNow`; from then on the restored store is served
 */
export async function accountForWrites(
  session: Session,
  drill: string,
  { revision, name }: { revision: number; name: string },
): Promise<void> {
  const { recorder, writers, progress } = session;
  const servedAt = recorder.store.mark(drill, `${name}.proven`)?.t;
  if (servedAt === undefined) throw new Error(`The restore "${name}" of ${drill} was not proven.`);
  // Earlier drills of the run may have restored too.
  const old = { from: recorder.store.span(drill).from, servedAt };
  const accounts = await Promise.all(writers.map((each) => each.account(revision, old)));
  const sum = (of: "upTo" | "lostUpTo" | "after" | "keptAfter" | "unknown") =>
    accounts.reduce((total, each) => total + each[of], 0);
  const latest = (of: "lastUpToAt" | "lastAt") => Math.max(...accounts.map((each) => each[of] ?? -Infinity));
  const seconds = (latest("lastAt") - latest("lastUpToAt")) / 1000;
  const fact = (name: string, value: number) => {
    recorder.record({ type: "fact", drill, name: `rpo.${name}`, value });
  };
  fact("up-to", sum("upTo"));
  fact("lost-up-to", sum("lostUpTo"));
  fact("after", sum("after"));
  fact("kept-after", sum("keptAfter"));
  fact("unknown", sum("unknown"));
  if (Number.isFinite(seconds)) fact("seconds", Math.round(seconds * 1000) / 1000);
  progress.line(
    `writes: ${String(sum("upTo"))} acknowledged up to revision ${String(revision)}, ${String(sum("lostUpTo"))} of them lost; ${String(sum("after"))} after it, ${String(sum("keptAfter"))} of them there all the same`,
  );
}

/**
 * Action "workload-as-declared"; fact "after.canaries", as read at its end.
 * @param started the mark at which the control planes serve again
 */
export async function waitForCanaries(session: Session, drill: string, started: string): Promise<void> {
  const { recorder, world, workload, progress } = session;
  const name = "workload-as-declared";
  const title = "objects and containers are as the snapshot declares them";
  const start = recorder.store.mark(drill, started)?.t ?? recorder.now();
  const wanted = declaredCanaries();
  let last: string[] = [];
  const look = async () => {
    last = [...(await readCanaries(world, workload.options)), ...onMachines(session)];
    return wanted.every((each) => last.includes(each));
  };
  const outcome = await waitForAction(session, drill, { name, title, start, intervalMs: 500 }, look);
  // First what was found: of two promises that break here, the one that says what is different breaks first.
  recorder.record({ type: "fact", drill, name: "after.canaries", value: last });
  recorder.record({ type: "action", drill, name, title, start, ...outcome });
  const odd = last.filter((each) => !wanted.includes(each));
  progress.line(odd.length === 0 ? title : `NOT: ${title}: ${odd.join("; ")}`);
}

export function declaredCanaries(): string[] {
  return [
    ...restoredCanaries(),
    `containers of ${canaryPods.before}: 1 on the machines`,
    `containers of ${canaryPods.later}: 0 on the machines`,
  ];
}

/** By what the machines' runtimes say. */
function onMachines({ recorder, workload }: Session): string[] {
  const states = recorder.store.states.get("containers") ?? new Map<string, { value: unknown }[]>();
  return Object.values(canaryPods).map((deployment) => {
    const prefix = `/${workload.options.namespace}/${deployment}-`;
    const running = [...states].filter(
      ([subject, changes]) => subject.includes(prefix) && changes.at(-1)?.value !== null,
    );
    return `containers of ${deployment}: ${String(running.length)} on the machines`;
  });
}

/** Facts "watcher.blind-to", "watcher.went-back", "watcher.said". */
export async function endWatcher(
  { recorder, progress }: Session,
  drill: string,
  watcher: Watcher,
): Promise<void> {
  const says = await watcher.end();
  const fact = (name: string, value: string | number) => {
    recorder.record({ type: "fact", drill, name: `watcher.${name}`, value });
  };
  if (says.blindTo !== null) fact("blind-to", says.blindTo.length);
  fact("went-back", says.wentBack);
  fact("said", inWords(says));
  progress.line(`a client that watched all the time: ${inWords(says)}`);
}
