// How often the metrics API looks: from the flags of what serves it, found as the API server finds it.
import { z } from "zod";
import { goDurationMs, flag } from "./flags.ts";
import type { Settings } from "./facts.ts";
import type { World } from "./world.ts";

const apiService = z.object({
  spec: z.object({ service: z.object({ name: z.string(), namespace: z.string() }) }),
});

/** metrics-server's own default, main.go: --metric-resolution. */
const defaultMs = 60_000;

/** Undefined where there is no metrics API, or nobody behind it. @throws KubedrillError when the API does not answer */
export async function readMetrics({ kube }: World): Promise<Settings["metrics"]> {
  const { main } = kube;
  const answer = await main.raw("GET", "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io", {
    timeoutMs: 10_000,
    okStatus: [404],
  });
  const found = apiService.safeParse(answer);
  if (!found.success) return undefined;
  const { name, namespace } = found.data.spec.service;
  const service = await main.core.readNamespacedService({ name, namespace }).catch(() => undefined);
  const labels = Object.entries(service?.spec?.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  if (labels.length === 0) return undefined;
  const { items } = await main.core.listNamespacedPod({ namespace, labelSelector: labels.join(",") });
  const [pod] = items;
  if (pod === undefined) return undefined;
  const [container] = pod.spec?.containers ?? [];
  const command = [...(container?.command ?? []), ...(container?.args ?? [])];
  const set = goDurationMs(flag(command, "metric-resolution"));
  return {
    resolutionMs:
      set === undefined
        ? { value: defaultMs, source: "metrics-server default" }
        : { value: set, source: `${pod.metadata?.name ?? name} --metric-resolution` },
  };
}
