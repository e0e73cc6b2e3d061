// A probe that asks yes/no at every tick. An attempt begins at each tick whatever is still in flight, so a stuck one
// holds up nobody; as each ends by its time-out, at most timeout / tick of them are in flight.
import type { Recorder } from "../timeline/recorder.ts";
import { AttemptError, wordOf } from "./attempt-error.ts";
import type { Probe } from "./probe.ts";
import { lateLimitMs, startSchedule } from "./schedule.ts";

/** One look: resolves when the answer is right, throws when not. It must let go when the signal aborts. */
export type Attempt = (signal: AbortSignal, startedAt: number) => Promise<void>;

/** When stopping, attempts get so long to end by themselves; one still unanswered then is recorded as failed. */
const stopGraceMs = 2000;

/**
 * A sampling probe. Records a `sample` per attempt, and `blind` where the harness was late by more than a tick or
 * ended an attempt's time-out so late that its failure proves nothing.
 * @param phaseMs moves the schedule, so that many probes do not fire together
 * @param busy while it says so no attempt begins: the one under way looks on for those that would wait behind it
 */
export function samplingProbe(
  info: Probe["info"],
  attempt: Attempt,
  phaseMs = 0,
  busy: () => boolean = () => false,
): Probe {
  const inFlight = new Map<AbortController, Promise<void>>();
  let stopSchedule: (() => void) | undefined;

  const begin = (recorder: Recorder): Promise<void> => {
    const control = new AbortController();
    const done = observe(recorder, info, attempt, control).finally(() => inFlight.delete(control));
    inFlight.set(control, done);
    return done;
  };

  return {
    info,
    start(recorder) {
      return new Promise((resolve) => {
        recorder.record({ type: "probe", ...info });
        stopSchedule = startSchedule({
          tickMs: info.tickMs,
          phaseMs,
          now: () => recorder.now(),
          onTick: () => {
            if (!busy()) void begin(recorder).finally(resolve);
          },
          onLate: (from, to) => {
            recorder.record({ type: "blind", probe: info.probe, from, t: to, why: "the harness was late" });
          },
        });
      });
    },
    async stop() {
      stopSchedule?.();
      const limit = setTimeout(
        () => {
          for (const control of inFlight.keys()) control.abort(new AttemptError("unanswered"));
        },
        Math.min(stopGraceMs, info.timeoutMs),
      );
      await Promise.all(inFlight.values());
      clearTimeout(limit);
    },
  };
}

/** Runs one attempt to its end or its time-out and records it; never rejects. */
async function observe(
  recorder: Recorder,
  info: Probe["info"],
  attempt: Attempt,
  control: AbortController,
): Promise<void> {
  const start = recorder.now();
  let lateAt: number | undefined;
  const limit = setTimeout(() => {
    const now = recorder.now();
    if (now - start - info.timeoutMs > lateLimitMs(0)) lateAt = now;
    control.abort(new AttemptError("timeout"));
  }, info.timeoutMs);
  const outcome = await Promise.race([settled(attempt, control.signal, start), aborted(control.signal)]);
  clearTimeout(limit);
  const sample = { type: "sample", probe: info.probe, start } as const;
  if (outcome === "ok") recorder.record({ ...sample, ok: true });
  else if (lateAt === undefined) recorder.record({ ...sample, ok: false, error: outcome.word });
  else
    recorder.record({
      type: "blind",
      probe: info.probe,
      // Until its time-out the attempt was watched; what is not known is whether an answer came in the stall.
      from: start + info.timeoutMs,
      t: lateAt,
      why: "the harness was late to end a time-out",
    });
}

async function settled(
  attempt: Attempt,
  signal: AbortSignal,
  start: number,
): Promise<"ok" | { word: string }> {
  try {
    await attempt(signal, start);
    return "ok";
  } catch (error) {
    return { word: wordOf(error) };
  }
}

function aborted(signal: AbortSignal): Promise<{ word: string }> {
  return new Promise((resolve) => {
    signal.addEventListener(
      "abort",
      () => {
        resolve({ word: wordOf(signal.reason) });
      },
      { once: true },
    );
  });
}
