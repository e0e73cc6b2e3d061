// Made up: a drill without a verdict, because a probe was starved.
import type { DrillScript } from "./sample-script.ts";

export const deletePod: DrillScript = {
  id: "workloads/delete-pod",
  title: "Deleting one of several pods under load",
  before: 8,
  after: 32,
  fault: {
    kind: "pod.delete",
    title: "deletion of demo/web-6f7d9c5b8-x2x9q",
    targets: ["demo/web-6f7d9c5b8-x2x9q"],
    band: { label: "pod deleted", tone: "pod" },
    healing: 20,
    healed: 20.1,
  },
  down: [],
  states: [
    ["workload", "ready", 0.4, 12],
    ["workload", "ready", 2.9, 13],
  ],
  blind: [
    [
      "http.ingress.w1",
      -1.2,
      9.4,
      "the harness was late: 214 ticks started more than a tick after their time",
    ],
  ],
  predictions: [
    "The ReplicaSet replaces the pod within 10 s; no request fails, because the pod drains first.",
  ],
  promises: [
    {
      id: "pod.replaced",
      title: "The pod is replaced",
      verdict: "pass",
      unit: "s",
      measured: 2.9,
      budget: 12,
      expected: 4,
      seen: "13 ready from +2.90 s.",
      why: "ReplicaSet 1 s + scheduling 1 s + start of a pod 10 s.",
      judge: { kind: "state-within", select: { probe: "workload" }, want: { atLeast: 13 } },
      link: { name: "pod replaced", after: "fault" },
      at: 2.9,
    },
    {
      id: "http.failed",
      title: "No request fails",
      verdict: "inconclusive",
      unit: "requests",
      measured: null,
      budget: 0,
      seen: "The probe http.ingress.w1 was starved for 10.6 s while the pod was deleted.",
      why: "Graceful termination: the endpoint is removed before the server stops.",
      judge: { kind: "failures", probes: ["http.ingress.w1", "http.ingress.w2"] },
      headline: true,
    },
  ],
  gap: "The HTTP probe was starved: 214 of its 400 ticks started late, so requests that failed may have been missed.",
};
