// Waiting for what an action of a drill must bring about, as long as its promise may be late.
import { messageOf } from "../base/errors.ts";
import { until } from "../base/until.ts";
import type { Session } from "./session.ts";
import { patienceForAction } from "./settle.ts";

export interface AwaitedAction {
  name: string;
  title: string;
  /** When it began, ms of the run. */
  start: number;
  /** Between two looks. */
  intervalMs: number;
}

/**
 * How it ended, as the action's event says it; what is recorded besides is the caller's.
 * @throws the signal's reason when the run is interrupted
 */
export async function waitForAction(
  session: Session,
  drill: string,
  { name, title, start, intervalMs }: AwaitedAction,
  look: () => Promise<boolean> | boolean,
): Promise<{ ok: boolean; error?: string }> {
  const { recorder, signal } = session;
  const timeoutMs = Math.max(1000, start + patienceForAction(session, drill, name) - recorder.now());
  const outcome = await until(look, { what: `this: ${title}`, timeoutMs, intervalMs, signal }).then(
    () => ({ ok: true }),
    (error: unknown) => ({ ok: false, error: messageOf(error) }),
  );
  signal.throwIfAborted();
  return outcome;
}

/** Waits, records the action and tells how long it took. @returns whether it came about */
export async function doAction(
  session: Session,
  drill: string,
  action: AwaitedAction,
  look: () => Promise<boolean> | boolean,
): Promise<boolean> {
  const { recorder, progress } = session;
  const { name, title, start } = action;
  const outcome = await waitForAction(session, drill, action, look);
  recorder.record({ type: "action", drill, name, title, start, ...outcome });
  const took = `${((recorder.now() - start) / 1000).toFixed(1)} s`;
  progress.line(outcome.ok ? `${title}: ${took}` : `NOT after ${took}: ${title}`);
  return outcome.ok;
}
