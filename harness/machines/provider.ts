// The machine port: power, seen and switched from outside the machine.

export type PowerState = "running" | "frozen" | "off" | "missing";

/** What a provider may be able to do; a drill that needs more than there is, is unavailable before the run. */
export type PowerOperation = "on" | "shutdown" | "cut" | "freeze" | "thaw";

export interface MachinePower {
  /** Operations that work on this machine. */
  readonly operations: ReadonlySet<PowerOperation>;
  /** The machine takes its processors from this very host, so other programs here slow it down. */
  readonly onThisHost: boolean;
  /** Power as the provider sees it. Limit: 10 s. */
  status(signal?: AbortSignal): Promise<PowerState>;
  /** Powers on; returns when the provider has started it (not when it is booted). No effect when running. */
  on(signal?: AbortSignal): Promise<void>;
  /** Clean shutdown; returns when it is off. */
  shutdown(signal?: AbortSignal): Promise<void>;
  /** Power cut: nothing on the machine gets a chance to react; returns when it is off. No effect when off. */
  cut(signal?: AbortSignal): Promise<void>;
  /** Stops every process in place, keeping memory and connections. */
  freeze(signal?: AbortSignal): Promise<void>;
  thaw(signal?: AbortSignal): Promise<void>;
  /** Commands by which a person can do the same, for "how to heal by hand". */
  byHand(operation: PowerOperation): string;
}
