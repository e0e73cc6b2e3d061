// The contract of a probe: it observes on its own tick, by its own path, and never acts on the cluster (the writer
// writes only its own sequence). What it sees goes to the recorder.
import type { ProbeEvent, Unstamped } from "../timeline/events.ts";
import type { Recorder } from "../timeline/recorder.ts";

export interface Probe {
  /** Declared to the timeline when the probe starts. */
  readonly info: Omit<Unstamped<ProbeEvent>, "type" | "t">;
  /** Starts observing; resolves once the first observation was made or failed. */
  start(recorder: Recorder): Promise<void>;
  /** Stops and waits until nothing of it is in flight; at most its timeout. */
  stop(): Promise<void>;
}
