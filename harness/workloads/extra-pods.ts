// What the pods of extras are made of. Plain data.
import type { MemoryUse } from "./extras.ts";
import { podSpec, type DemoOptions } from "./manifests.ts";

/** Neither spread like the demo, nor slow to stop. */
export function plainSpec(options: DemoOptions): Record<string, unknown> {
  const { topologySpreadConstraints, ...spec } = podSpec({ ...options, graceful: false });
  return spec;
}

/** Asks for memory without using it, and only on machines that carry applications. */
export function bigSpec(options: DemoOptions, memoryBytes: number): Record<string, unknown> {
  const { tolerations, containers, ...spec } = plainSpec(options);
  const resources = { requests: { cpu: "10m", memory: String(memoryBytes) } };
  const asked = (containers as Record<string, unknown>[]).map((each) => ({ ...each, resources }));
  return { ...spec, containers: asked };
}

/** Takes its memory at once and keeps it. */
export function memorySpec(
  options: DemoOptions,
  { usesBytes, requestsBytes, limited }: MemoryUse,
): Record<string, unknown> {
  const { containers, ...spec } = plainSpec(options);
  const [web] = containers as Record<string, unknown>[];
  const requests = { cpu: "10m", memory: String(requestsBytes) };
  const resources = requestsBytes === null ? {} : { requests, ...(limited ? { limits: requests } : {}) };
  const args = [
    "stress",
    `--mem-total=${String(usesBytes)}`,
    "--mem-alloc-size=16Mi",
    "--mem-alloc-sleep=10ms",
  ];
  const { name, image, imagePullPolicy } = web ?? {};
  return { ...spec, containers: [{ name, image, imagePullPolicy, args, resources }] };
}

export function wish(node: string | null): Record<string, unknown> {
  if (node === null) return {};
  const preference = { matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] };
  return {
    affinity: {
      nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference }] },
    },
  };
}
