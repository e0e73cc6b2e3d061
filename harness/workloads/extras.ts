// Workloads that single drills want beside the demo, in the words of a drill: `extras: [barePod(), daemonSet()]`. Plain
// data; as Kubernetes objects they stand in ./extra-manifests.ts.

/** Every name is also the pods' label `app`. `on`: a machine, or a word for one, where its pod should run. */
export type Extra =
  | { kind: "bare-pod"; name: string; on?: string }
  | { kind: "stateful-set"; name: string; on?: string }
  | { kind: "daemon-set"; name: string }
  | { kind: "volume-app"; name: string; on: string }
  | { kind: "deployment"; name: string; replicas: number; memoryBytes: number }
  | { kind: "web-app"; name: string; replicas: number; graceful: boolean }
  | ({ kind: "memory-user"; name: string; on: string } & MemoryUse)
  | { kind: "disruption-budget"; name: string; maxUnavailable: number }
  | ({ kind: "scaled-app"; name: string } & Scaling);

export type VolumeApp = Extract<Extra, { kind: "volume-app" }>;
export type WebApp = Extract<Extra, { kind: "web-app" }>;
export type ScaledApp = Extract<Extra, { kind: "scaled-app" }>;

/** A pod without a controller that really uses memory. */
export interface MemoryUse {
  usesBytes: number;
  /** null: it asks for nothing at all (QoS class BestEffort). */
  requestsBytes: number | null;
  /** True: its limits are its requests (QoS class Guaranteed). */
  limited: boolean;
}

/** A web application of one pod that a HorizontalPodAutoscaler scales by CPU and memory. */
export interface Scaling {
  requests: { cpuCores: number; memoryBytes: number };
  /** A pod may use so much CPU, then it is throttled. */
  cpuLimitCores: number;
  maxReplicas: number;
  /** Of what the pods ask for. */
  targetPercent: number;
  /** Stabilization window of the way down; Kubernetes' default is 300 s. */
  scaleDownSeconds: number;
}

/** A pod without a controller: once lost it stays lost. */
export function barePod(place: { on?: string } = {}): Extra {
  return { kind: "bare-pod", name: "bare", ...place };
}

/** A StatefulSet of one pod, named "stateful-0": of that name there may never be two. */
export function statefulSet(place: { on?: string } = {}): Extra {
  return { kind: "stateful-set", name: "stateful", ...place };
}

/** A pod on every machine. */
export function daemonSet(): Extra {
  return { kind: "daemon-set", name: "daemon" };
}

/** A Deployment of one pod with a volume that is on one machine and cannot be reached from any other. */
export function volumeApp(on: string): VolumeApp {
  return { kind: "volume-app", name: "keeper", on };
}

/** A Deployment on the workers whose pods ask for so much memory; they do not use it. */
export function bigDeployment(name: string, size: { replicas: number; memoryBytes: number }): Extra {
  return { kind: "deployment", name, ...size };
}

/** A pod that uses so much memory, whatever it asked for. */
export function memoryUser(name: string, on: string, use: MemoryUse): Extra {
  return { ...use, kind: "memory-user", name, on };
}

/** How many pods of the demo's Deployment an eviction may take away at a time. */
export function disruptionBudget(maxUnavailable: number): Extra {
  return { kind: "disruption-budget", name: "web-budget", maxUnavailable };
}

/**
 * A web application of its own behind the ingress, with pods on the workers only, as applications usually run. Graceful:
 * with a readiness probe and a preStop hook.
 */
export function webApp(name: string, options: { replicas: number; graceful: boolean }): Extra {
  return { kind: "web-app", name, ...options };
}

/** A web application behind the ingress, on the workers, which an HPA scales from one pod on. */
export function scaledApp(name: string, scaling: Scaling): Extra {
  return { kind: "scaled-app", name, ...scaling };
}
