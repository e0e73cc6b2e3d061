import { expect, test } from "vitest";
import { growth } from "./baseline.ts";

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
