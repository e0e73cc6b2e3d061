// In which order objects are made, so that each finds what it needs. Pure.
import type { Declared } from "./declared.ts";

const first = [
  "Namespace",
  "CustomResourceDefinition",
  "PriorityClass",
  "StorageClass",
  "VolumeSnapshotClass",
  "IngressClass",
  "RuntimeClass",
  "ClusterRole",
  "ClusterRoleBinding",
  "ServiceAccount",
  "Role",
  "RoleBinding",
  "LimitRange",
  "ResourceQuota",
  "NetworkPolicy",
  "Secret",
  "ConfigMap",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "Service",
];
/** They may stand in the way of everything that is made after them. */
const last = [
  "Ingress",
  "PodDisruptionBudget",
  "HorizontalPodAutoscaler",
  "APIService",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "MutatingWebhookConfiguration",
  "ValidatingWebhookConfiguration",
];

export function inOrder<T extends Pick<Declared, "kind" | "metadata">>(objects: readonly T[]): T[] {
  const key = (each: T) => `${each.metadata.namespace ?? ""}/${each.kind}/${each.metadata.name}`;
  return [...objects].sort((a, b) => rank(a.kind) - rank(b.kind) || key(a).localeCompare(key(b)));
}

function rank(kind: string): number {
  const early = first.indexOf(kind);
  if (early >= 0) return early;
  const late = last.indexOf(kind);
  return late >= 0 ? 1000 + late : 500;
}
