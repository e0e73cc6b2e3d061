// What tells extras from the demo workload they stand beside.

const part = { "app.kubernetes.io/part-of": "kubedrill-extras" };

/** Pods of extras, which are no part of the demo workload; the bare pod is watched together with the workload. */
export const extrasSelector = "app.kubernetes.io/part-of=kubedrill-extras";

export function labelsOf(name: string): Record<string, string> {
  return { "app.kubernetes.io/managed-by": "kubedrill", ...part, app: name };
}
