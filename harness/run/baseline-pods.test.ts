import { expect, test } from "vitest";
import { growth, podUsages } from "./baseline-pods.ts";

const reading = (pod: string, value: number, atMs: number | null) => ({
  name: "pod_cpu_usage_seconds_total",
  labels: { pod },
  value,
  atMs,
});
const podOf = ({ labels }: { labels: Record<string, string> }) => labels.pod ?? "";
const grown = (before: ReturnType<typeof reading>[], after: ReturnType<typeof reading>[]) =>
  Object.fromEntries(growth(before, after, "pod_cpu_usage_seconds_total", podOf));

test("cores are what a counter grew by over the kubelet's own time", () => {
  expect(grown([reading("a", 1, 0)], [reading("a", 3, 20_000)])).toEqual({ a: 0.1 });
});

test("without two different readings nothing is known", () => {
  expect(grown([reading("a", 1, 5)], [reading("a", 1, 5), reading("b", 9, 20_000)])).toEqual({});
  expect(grown([reading("a", 1, null)], [reading("a", 3, 20_000)])).toEqual({});
});

test("pods are told with what they use, the busiest first, and no memory is made up", () => {
  const of = (pod: string, name: string, value: number, atMs: number) => ({
    name,
    labels: { namespace: "shop", pod },
    value,
    atMs,
  });
  const cpu = (pod: string, value: number, atMs: number) =>
    of(pod, "pod_cpu_usage_seconds_total", value, atMs);
  const before = new Map([["w1", [cpu("calm", 1, 0), cpu("busy", 1, 0)]]]);
  const memory = of("busy", "pod_memory_working_set_bytes", 20 * 2 ** 20, 10_000);
  const after = new Map([["w1", [cpu("calm", 1.1, 10_000), cpu("busy", 3, 10_000), memory]]]);
  expect(podUsages(before, after)).toEqual([
    { pod: "shop/busy", cores: 0.2, MiB: 20 },
    { pod: "shop/calm", cores: 0.01, MiB: null },
  ]);
});
