// All probes, and how they are started and stopped together.
import type { Recorder } from "../timeline/recorder.ts";
import type { Probe } from "./probe.ts";

export { standardProbes } from "./standard.ts";
export type { WriteProbe } from "./api-write.ts";

/**
 * Starts all at once; resolves when each has made its first observation. Started already ones are stopped again when
 * one cannot be.
 * @throws KubedrillError of the first probe that could not start
 */
export async function startProbes(probes: readonly Probe[], recorder: Recorder): Promise<void> {
  const results = await Promise.allSettled(probes.map((probe) => probe.start(recorder)));
  const failed = results.find((each) => each.status === "rejected");
  if (failed === undefined) return;
  await stopProbes(probes);
  throw failed.reason;
}

/** Stops all at once and waits until nothing is in flight; probes that were never started do no harm. */
export async function stopProbes(probes: readonly Probe[]): Promise<void> {
  await Promise.all(probes.map((probe) => probe.stop()));
}
