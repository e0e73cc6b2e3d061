// What tells extras from the demo workload they stand beside.

const partOf = "app.kubernetes.io/part-of";
const extras = "kubedrill-extras";

/** Pods of extras, which are no part of the demo workload; the bare pod is watched together with the workload. */
export const extrasSelector = `${partOf}=${extras}`;

export function labelsOf(name: string): Record<string, string> {
  return { "app.kubernetes.io/managed-by": "kubedrill", [partOf]: extras, app: name };
}
