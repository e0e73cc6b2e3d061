// A watchdog for streams: aborts when nothing was heard for too long.

export interface SilenceGuard {
  signal: AbortSignal;
  heard(): void;
  stop(): void;
}

export function silenceGuard(silenceMs: number): SilenceGuard {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new Error(`silent for ${String(silenceMs)} ms`));
  }, silenceMs);
  return {
    signal: controller.signal,
    heard: () => {
      timer.refresh();
    },
    stop: () => {
      clearTimeout(timer);
    },
  };
}
