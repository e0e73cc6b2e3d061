// What a prediction is made from, and what it is. Everything that cannot be read from the cluster is an allowance with
// its reason, so that a person can see it and change it.
import type { Settings, Sourced, Topology } from "../../lab/facts.ts";
import type { Expectation } from "../expectation.ts";

/** The demo workload as it stands before the fault. */
export interface WorkloadFacts {
  namespace: string;
  replicas: number;
  /** Names of the pods on each machine, by the machine's name; machines without any may be left out. */
  podsByMachine: Record<string, string[]>;
  /** How long pods stay bound to an unreachable node; Infinity is not allowed, such a workload is never replaced. */
  tolerationMs: Sourced<number>;
  /** Slowest time from creation to Ready seen when all replicas were rolled out at once; null: not measured. */
  podStartMs: Sourced<number> | null;
  /** From the start of its containers to Ready, by its own probes; null: it has none. */
  readinessMs: Sourced<number> | null;
  /** Readiness gate and preStop, so that a deleted pod loses no request. */
  graceful: boolean;
  terminationGraceMs: Sourced<number>;
  /** Reached through the ingress controller as well. */
  ingress: boolean;
}

/** Something beside the demo workload, as it stands before the fault. */
export interface ExtraFacts {
  kind:
    | "bare-pod"
    | "stateful-set"
    | "daemon-set"
    | "deployment"
    | "web-app"
    | "disruption-budget"
    | "memory-user"
    | "volume-app"
    | "scaled-app";
  name: string;
  pods: { name: string; machine: string | null }[];
}

/** Times that no setting of the cluster gives, ms. */
export interface Allowances {
  /** From the order to cut the power until nothing runs any more. */
  injectMs: Sourced<number>;
  /** One API request that nothing is wrong with. */
  requestMs: Sourced<number>;
  /** From a pod's creation to Ready; by default the service level of a start and the workload's own probes. */
  podStartMs: Sourced<number>;
  /** From power on until the machine's services are started. */
  bootMs: Sourced<number>;
  /** From the kubelet's start until its static pods serve. */
  componentStartMs: Sourced<number>;
  /** Until a snapshot of a volume, a volume from one, a backup, or what is in it, is made. */
  copyMs: Sourced<number>;
  /** How long one look of a state probe may take. */
  lookMs: Sourced<number>;
}

export interface PredictionInput {
  topology: Topology;
  settings: Settings;
  workload: WorkloadFacts;
  extras?: ExtraFacts[];
  /** Tick of the sampling probes. */
  tickMs: number;
  /** How long an attempt of the API probes waits before it connects anew; default: client-go's limits. */
  apiTimeoutMs?: number;
  allowances?: Partial<Allowances>;
  /** True: pods that find no room under load are a failure; default: a finding. */
  failOnSaturation?: boolean;
}

/** Said and written down before the fault. */
export interface Prediction {
  statements: string[];
  expectations: Expectation[];
  /** What must be found later, word for word; on record before the fault as facts "predicted.<name>". */
  facts?: Record<string, string[]>;
}

const byDefault = (seconds: number, source: string): Sourced<number> => ({ value: seconds * 1000, source });

/**
 * Used where nothing else is given. Requests and pod starts: the service levels that Kubernetes sets itself
 * (kubernetes/community, sig-scalability/slos: api_call_latency, pod_startup_latency).
 */
const defaultAllowances: Allowances = {
  injectMs: byDefault(1, "allowance: the provider's power cut"),
  requestMs: byDefault(1, "Kubernetes SLO: 99 % of API calls on one object within 1 s"),
  podStartMs: byDefault(5, "Kubernetes SLO: 99 % of pods start within 5 s, images present"),
  bootMs: byDefault(60, "allowance: a machine boots within a minute"),
  componentStartMs: byDefault(30, "allowance: static pods serve within half a minute"),
  copyMs: byDefault(60, "allowance: a copy takes a minute (csi-snapshotter --timeout, default)"),
  lookMs: byDefault(3, "the probes' own limit for one look"),
};

/** Given allowances, defaults for the rest, and a pod start never below what was measured on this very lab. */
export function allowancesOf(input: PredictionInput): Allowances {
  const podStartMs = startAndReadiness(input.workload.readinessMs);
  const all = { ...defaultAllowances, podStartMs, ...input.allowances };
  const measured = input.workload.podStartMs;
  return measured !== null && measured.value > all.podStartMs.value ? { ...all, podStartMs: measured } : all;
}

/** The service level ends when the containers have started; Ready is what their probes say after that. */
function startAndReadiness(readiness: WorkloadFacts["readinessMs"]): Sourced<number> {
  const { podStartMs } = defaultAllowances;
  return readiness === null
    ? podStartMs
    : {
        value: podStartMs.value + readiness.value,
        source: `${podStartMs.source}; + ${String(readiness.value / 1000)} s until Ready: ${readiness.source}`,
      };
}
