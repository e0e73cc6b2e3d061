// A lasting stream of lines from a machine, by its shell and so without any Kubernetes component in between. It comes
// back by itself; when it is gone, the provider says whether the machine is off or merely not seen.
import { setTimeout as pause } from "node:timers/promises";
import type { Machine } from "../lab/world.ts";
import type { PowerState } from "../machines/provider.ts";
import type { PowerWatch } from "./machines.ts";

export interface FeedOptions {
  machine: Machine;
  power: Pick<PowerWatch, "ask" | "last" | "onChange">;
  script: string;
  /** The script says something more often than this. */
  silenceMs: number;
  onLine: (line: string) => void;
  /** There is no stream; said again while the machine is not running. Undefined: the provider does not say either. */
  onLost: (power: PowerState | undefined) => void;
}

export interface Feed {
  /** Resolves with the first line, or when the stream was lost before. */
  first: Promise<void>;
  stop(): Promise<void>;
}

/** Between two tries to get a broken stream back. */
const retryMs = 500;

export function followMachine(options: FeedOptions): Feed {
  const stopping = new AbortController();
  const first = Promise.withResolvers<undefined>();
  const done = follow(options, stopping.signal, () => {
    first.resolve(undefined);
  });
  return {
    first: first.promise,
    async stop() {
      stopping.abort();
      await done;
    },
  };
}

async function follow(options: FeedOptions, stopping: AbortSignal, spoke: () => void): Promise<void> {
  const stopped = () => stopping.aborted;
  while (!stopped()) {
    await streamOnce(options, stopping, spoke);
    if (stopped()) return;
    options.onLost(await options.power.ask(options.machine.name));
    spoke();
    await waitUntilOn(options, stopping);
  }
}

/** One stream to its end. A machine that goes off or freezes ends it at once, not only when its silence is noticed. */
async function streamOnce(options: FeedOptions, stopping: AbortSignal, spoke: () => void): Promise<void> {
  const gone = new AbortController();
  const forget = options.power.onChange((machine, power) => {
    if (machine === options.machine.name && power !== "running") gone.abort();
  });
  try {
    await options.machine.shell.stream(options.script, {
      signal: AbortSignal.any([stopping, gone.signal]),
      silenceMs: options.silenceMs,
      onLine: (line) => {
        options.onLine(line);
        spoke();
      },
    });
  } catch {
    // Why does not matter: the provider is asked, and the stream is tried again.
  } finally {
    forget();
  }
}

/** Commands on a machine that is off cost time on the host and tell nothing; that it still is off tells enough. */
async function waitUntilOn(options: FeedOptions, stopping: AbortSignal): Promise<void> {
  for (;;) {
    await pause(retryMs, undefined, { signal: stopping }).catch(() => undefined);
    const power = options.power.last(options.machine.name);
    if (stopping.aborted || power === undefined || power === "running") return;
    options.onLost(power);
  }
}
