// How long a started pod may take until it is called Ready: its own probes decide, and each looks only once in a period.
import type { Sourced } from "../lab/facts.ts";

/** What counts here of a container, as the API has it. */
export interface ProbedContainer {
  startupProbe?: ProbeTimes;
  readinessProbe?: ProbeTimes;
}

interface ProbeTimes {
  initialDelaySeconds?: number;
  periodSeconds?: number;
  successThreshold?: number;
}

/**
 * From the start of a pod's containers to Ready, ms, when the first look of each probe comes too early: the kubelet looks
 * again a period later. The slowest container counts; a readiness probe waits for the startup probe. Null: no container
 * has either. Source: kubernetes pkg/kubelet/prober/worker.go, `doProbe`.
 */
export function readinessMs(containers: readonly ProbedContainer[], of: string): Sourced<number> | null {
  const seconds = containers.map(
    ({ startupProbe, readinessProbe }) => answered(startupProbe) + answered(readinessProbe),
  );
  const slowest = Math.max(0, ...seconds);
  return slowest === 0
    ? null
    : { value: slowest * 1000, source: `${of}, initialDelaySeconds + periodSeconds of its probes` };
}

/** Its defaults: kubernetes pkg/apis/core/v1/defaults.go, `SetDefaults_Probe`. */
function answered(probe: ProbeTimes | undefined): number {
  if (probe === undefined) return 0;
  const { initialDelaySeconds = 0, periodSeconds = 10, successThreshold = 1 } = probe;
  return initialDelaySeconds + periodSeconds * successThreshold;
}
