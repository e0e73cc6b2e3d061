// A fixed schedule on the run's one clock: the n-th tick is due at zero + phase + n × tick, however long the work of a
// tick takes. When the harness itself was late it says so instead of pretending that it had looked.

export interface ScheduleOptions {
  tickMs: number;
  /** Moves the whole schedule, so that many probes do not fire in the same millisecond. Default 0. */
  phaseMs?: number;
  /** The run's clock, monotonic milliseconds. */
  now: () => number;
  onTick: () => void;
  /** The harness should have looked at `from` and did at `to`; ticks in between are left out, not caught up with. */
  onLate: (from: number, to: number) => void;
}

/** Later than a whole tick (at least 100 ms) is blindness: nobody looked when somebody should have. */
export function lateLimitMs(tickMs: number): number {
  return Math.max(tickMs, 100);
}

/** Starts ticking; returns the way to stop it. The first tick is due after `phaseMs`. */
export function startSchedule(options: ScheduleOptions): () => void {
  const { tickMs, now, onTick, onLate } = options;
  let due = now() + (options.phaseMs ?? 0);
  let timer: NodeJS.Timeout;
  const arm = () => {
    timer = setTimeout(fire, Math.max(0, Math.ceil(due - now())));
  };
  const fire = () => {
    const at = now();
    if (at < due) {
      arm();
      return;
    }
    if (at - due > lateLimitMs(tickMs)) onLate(due, at);
    due += (Math.floor((at - due) / tickMs) + 1) * tickMs;
    arm();
    onTick();
  };
  arm();
  return () => {
    clearTimeout(timer);
  };
}
