// Which pods of a node a drain may evict, which stay, and for which it refuses to begin, as `kubectl drain` decides.
// Pure. Source: kubernetes staging/src/k8s.io/kubectl/pkg/drain/filters.go.
import { z } from "zod";

export const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
    ownerReferences: z.array(z.object({ kind: z.string(), controller: z.boolean().optional() })).default([]),
  }),
  spec: z
    .object({ volumes: z.array(z.looseObject({ emptyDir: z.unknown().optional() })).default([]) })
    .prefault({}),
  status: z.object({ phase: z.string().default("") }).prefault({}),
});
export type DrainPod = z.output<typeof podSchema>;

export interface DrainFlags {
  /** False: a single pod of a DaemonSet makes it refuse. True: they stay. */
  ignoreDaemonSets: boolean;
  /**
   * Namespaces in which pods without a controller may be evicted, which loses them for good. Narrower than kubectl's
   * --force: a drill may lose only what it has made itself.
   */
  forceIn: readonly string[];
  /** False: a single pod with data in an emptyDir makes it refuse. */
  deleteEmptyDirData: boolean;
}

export interface DrainDecision {
  /** Evicted, unless it refuses. */
  evict: DrainPod[];
  /** Why it refuses, and for whom, "namespace/name"; empty: it begins. */
  refused: { why: string; pods: string[] }[];
}

export function decideDrain(pods: readonly DrainPod[], flags: DrainFlags): DrainDecision {
  const candidates = pods.filter((pod) => !isMirror(pod));
  const daemons = candidates.filter((pod) => controllerOf(pod) === "DaemonSet" && !isOver(pod));
  const evict = candidates.filter((pod) => !daemons.includes(pod));
  const lost = evict.filter(
    (pod) => controllerOf(pod) === null && !isOver(pod) && !flags.forceIn.includes(pod.metadata.namespace),
  );
  const withData = evict.filter((pod) => hasEmptyDir(pod) && !isOver(pod));
  const refused = [
    { why: "pods of a DaemonSet", pods: flags.ignoreDaemonSets ? [] : daemons },
    { why: "pods without a controller", pods: lost },
    { why: "pods with data in an emptyDir", pods: flags.deleteEmptyDirData ? [] : withData },
  ];
  return {
    evict,
    refused: refused
      .filter((each) => each.pods.length > 0)
      .map((each) => ({ why: each.why, pods: each.pods.map(nameOf).sort() })),
  };
}

/** "namespace/name". */
export function nameOf({ metadata }: DrainPod): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function controllerOf({ metadata }: DrainPod): string | null {
  return metadata.ownerReferences.find((each) => each.controller === true)?.kind ?? null;
}

/** The API's image of a static pod: deleting it would change nothing. */
function isMirror({ metadata }: DrainPod): boolean {
  return "kubernetes.io/config.mirror" in metadata.annotations;
}

function isOver({ status }: DrainPod): boolean {
  return status.phase === "Succeeded" || status.phase === "Failed";
}

function hasEmptyDir({ spec }: DrainPod): boolean {
  return spec.volumes.some((each) => each.emptyDir !== undefined);
}
