// The demo workload as what drills look at.
import type { Subject } from "../lab/subject.ts";
import { demoHost, demoName, demoSelector, gracefulParts, type DemoOptions } from "./manifests.ts";
import { readinessMs } from "./readiness.ts";

export function demoSubject(options: DemoOptions, nodePort: number): Subject {
  return {
    kind: "demo",
    title: "the demo workload",
    namespace: options.namespace,
    controller: null,
    replicaSelector: `app=${demoName}`,
    watchSelector: demoSelector,
    replicas: options.replicas,
    tolerationMs: null,
    terminationGraceMs: { value: 15_000, source: "demo workload, terminationGracePeriodSeconds" },
    graceful: options.graceful,
    podStartMs: null,
    readinessMs: demoReadiness(options.graceful),
    service: demoName,
    way: {
      host: options.ingressClass === null ? null : demoHost,
      path: "/hostname",
      contains: `${demoName}-`,
      nodePort,
    },
  };
}

export function demoReadiness(graceful: boolean): Subject["readinessMs"] {
  return graceful ? readinessMs([gracefulParts()], "demo workload") : null;
}
