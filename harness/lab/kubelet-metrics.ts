// What kubelets say of usage, read through the API server: counters with the time at which the kubelet took them, so
// that rates are exact however late the answer is. Works without the metrics API.
import type { World } from "./world.ts";

/** One line of the Prometheus text format. */
export interface Reading {
  name: string;
  labels: Record<string, string>;
  value: number;
  /** When the kubelet took it, ms since 1970; null: not said. */
  atMs: number | null;
}

const timeoutMs = 10_000;

/**
 * `resource`: CPU and working set of node, pods and containers (KEP-2371); `cadvisor`: the rest, throttling among it.
 * @throws KubedrillError when the API or the kubelet does not answer
 */
export async function readKubelet(
  { kube }: World,
  node: string,
  what: "resource" | "cadvisor",
  names: readonly string[],
): Promise<Reading[]> {
  const text = await kube.main.raw("GET", `/api/v1/nodes/${node}/proxy/metrics/${what}`, { timeoutMs });
  return readingsOf(String(text), names);
}

/** What a counter grew by in a second of the kubelet's own time; null: these are not two readings. Pure. */
export function perSecond(
  early: Pick<Reading, "value" | "atMs"> | undefined,
  late: Pick<Reading, "value" | "atMs">,
): number | null {
  const from = early?.atMs ?? null;
  if (early === undefined || from === null || late.atMs === null || late.atMs <= from) return null;
  return (late.value - early.value) / ((late.atMs - from) / 1000);
}

/** The readings of these names. Pure. */
export function readingsOf(text: string, names: readonly string[]): Reading[] {
  return text.split("\n").flatMap((line): Reading[] => {
    const found = /^([a-z_]+)(?:\{(.*)\})? (\S+)(?: (\d+))?$/.exec(line);
    const [, name = "", labels = "", value = "", at] = found ?? [];
    if (!names.includes(name)) return [];
    return [
      { name, labels: labelsOf(labels), value: Number(value), atMs: at === undefined ? null : Number(at) },
    ];
  });
}

function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = "", value = ""]) => [key, value]),
  );
}
