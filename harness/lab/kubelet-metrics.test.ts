import { expect, test } from "vitest";
import { readingsOf } from "./kubelet-metrics.ts";

const text = `# HELP pod_cpu_usage_seconds_total [STABLE] Cumulative cpu time consumed by the pod in core-seconds
# TYPE pod_cpu_usage_seconds_total counter
pod_cpu_usage_seconds_total{namespace="shop",pod="web-1"} 2.5 1764182000000
pod_cpu_usage_seconds_total{namespace="shop",pod="odd\\"name"} 1e-3 1764182000001
node_cpu_usage_seconds_total 412.3 1764182000002
scrape_error 0
`;

test("readings carry labels, value and the kubelet's time", () => {
  expect(readingsOf(text, ["pod_cpu_usage_seconds_total"])).toEqual([
    {
      name: "pod_cpu_usage_seconds_total",
      labels: { namespace: "shop", pod: "web-1" },
      value: 2.5,
      atMs: 1764182000000,
    },
    {
      name: "pod_cpu_usage_seconds_total",
      labels: { namespace: "shop", pod: 'odd\\"name' },
      value: 0.001,
      atMs: 1764182000001,
    },
  ]);
  expect(readingsOf(text, ["node_cpu_usage_seconds_total", "scrape_error"])).toEqual([
    { name: "node_cpu_usage_seconds_total", labels: {}, value: 412.3, atMs: 1764182000002 },
    { name: "scrape_error", labels: {}, value: 0, atMs: null },
  ]);
});
