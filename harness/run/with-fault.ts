// The frame of every fault: inject → confirm → body → heal. It alone writes ledger entries, marks and states of faults,
// so that no fault and no drill can forget one.
import { inconclusiveError, messageOf } from "../base/errors.ts";
import type { Fault } from "../faults/fault.ts";
import { faultKind } from "../faults/index.ts";
import type { LedgerEntry } from "../safety/mutation.ts";
import type { FaultState } from "../timeline/events.ts";
import { putBack } from "./put-back.ts";
import { hold, settle } from "./settle.ts";
import type { Session } from "./session.ts";

const confirmLimitMs = 20_000;

/** What the body of a fault may do while it is active. */
export interface Outage {
  /**
   * Waits until every expectation that can be decided by now is decided or hopelessly late.
   * @param before the mark that comes next, up to which they look; default: the healing of this fault
   */
  settle(before?: string): Promise<void>;
  /** Keeps the fault for so long after its injection, because something must be seen *not* to happen. */
  holdUntil(msAfterInjection: number, why: string): Promise<void>;
}

/**
 * Breaks something, hands over to the body, and puts it back whatever the body does. What could not be put back is told
 * in `session.unhealed`.
 * @throws inconclusive when the fault could not be confirmed; whatever injection and body throw
 */
export async function withFault(
  session: Session,
  drill: string,
  name: string,
  fault: Fault,
  body: (outage: Outage) => Promise<void>,
): Promise<void> {
  const kind = faultKind(fault.kind);
  const { world, ledger, recorder, runId, signal, progress } = session;
  signal.throwIfAborted();
  const args: unknown = kind.args.parse(fault.args);
  const entry: LedgerEntry = {
    id: `${runId}/${drill}/${name}`,
    kind: kind.kind,
    args,
    runId,
    drill,
    openedAt: new Date().toISOString(),
    byHand: kind.byHand(world, args),
  };
  const mark = (phase: string) => {
    recorder.record({ type: "mark", drill, name: `${name}.${phase}` });
  };
  const state = (to: FaultState, note?: string) => {
    recorder.record({
      type: "fault",
      drill,
      fault: entry.id,
      kind: kind.kind,
      title: kind.title(args),
      targets: kind.targets(args),
      state: to,
      band: kind.band,
      ...(note === undefined ? {} : { note }),
    });
  };
  const within = (ms: number) => AbortSignal.any([signal, AbortSignal.timeout(ms)]);
  state("ready");
  ledger.open(entry);
  try {
    progress.line(`fault: ${kind.title(args)}`);
    state("injecting");
    mark("inject");
    const limit = within(kind.injectLimitMs?.(args) ?? confirmLimitMs);
    await kind.inject(world, args, limit, (fact, value) => {
      recorder.record({ type: "fact", drill, name: `${name}.${fact}`, value });
    });
    state("active");
    mark("injected");
    const seen = await confirmed(() => kind.confirm(world, args, within(confirmLimitMs)));
    state("confirmed", seen);
    mark("confirmed");
    progress.line(`confirmed: ${seen}`);
    await body({
      settle: (before = `${name}.heal`) => settle(session, drill, before),
      holdUntil: (ms, why) => hold(session, drill, `${name}.inject`, ms, why),
    });
  } finally {
    await heal(session, entry, state, mark);
  }
}

async function confirmed(look: () => Promise<string>): Promise<string> {
  try {
    return await look();
  } catch (error) {
    throw inconclusiveError(`The fault could not be confirmed: ${messageOf(error)}`, { cause: error });
  }
}

async function heal(
  session: Session,
  entry: LedgerEntry,
  state: (to: FaultState, note?: string) => void,
  mark: (phase: string) => void,
): Promise<void> {
  session.progress.line("healing");
  state("healing");
  mark("heal");
  const why = await putBack(session, entry);
  if (why !== null) {
    state("broken", why);
    return;
  }
  state("healed");
  mark("healed");
}
