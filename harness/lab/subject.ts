// The pods that drills look at: those of the demo workload, or a workload of the user's own, chosen by a selector, which
// is only looked at: nothing of it is made, changed or taken away but by a drill's faults.
import type { Sourced } from "./facts.ts";

export interface Subject {
  kind: "demo" | "own";
  /** As people name it: "the demo workload", "Deployment shop/web (app=shop)". */
  title: string;
  namespace: string;
  /** Who keeps its replicas; null: the demo's own Deployment. */
  controller: { kind: "Deployment" | "ReplicaSet"; name: string } | null;
  /** Finds its replicas. */
  replicaSelector: string;
  /** Finds everything that is watched with them. */
  watchSelector: string;
  replicas: number;
  /** Null: as the plan says, or the cluster. */
  tolerationMs: Sourced<number> | null;
  terminationGraceMs: Sourced<number>;
  /** Readiness gate and preStop, so that a deleted pod should lose no request. */
  graceful: boolean;
  /** From creation to Ready where that can be told of pods that are there already. */
  podStartMs: Sourced<number> | null;
  /** From the start of its containers to Ready, by its own probes; null: it has none. */
  readinessMs: Sourced<number> | null;
  /** Null: no Service selects them. */
  service: string | null;
  /** Null: nothing is known of how users reach it, so nothing is promised to them. */
  way: Way | null;
}

/** How its users come in. */
export interface Way {
  /** Host name of its Ingress; null: it has none. */
  host: string | null;
  path: string;
  /** Found in each answer that comes from it; "": whatever it answers. */
  contains: string;
  /** On every node; null: none. */
  nodePort: number | null;
}
