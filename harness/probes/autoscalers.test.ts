import type { V2HorizontalPodAutoscaler } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { autoscalerValues, type Turns } from "./autoscalers.ts";

function autoscaler(status: Record<string, unknown>): V2HorizontalPodAutoscaler {
  return {
    metadata: { name: "shop", uid: "1" },
    status: { desiredReplicas: 1, ...status },
  } as unknown as V2HorizontalPodAutoscaler;
}

test("an HPA is told by what it wants, has and sees", () => {
  const values = autoscalerValues(
    [
      autoscaler({
        desiredReplicas: 4,
        currentReplicas: 2,
        currentMetrics: [
          { type: "Resource", resource: { name: "cpu", current: { averageUtilization: 140 } } },
          { type: "Resource", resource: { name: "memory", current: { averageUtilization: 1 } } },
        ],
        conditions: [
          { type: "ScalingActive", status: "True", reason: "ValidMetricFound" },
          { type: "ScalingLimited", status: "True", reason: "TooManyReplicas" },
        ],
      }),
    ],
    new Map(),
  );
  expect(Object.fromEntries(values)).toEqual({
    "desired:shop": 4,
    "current:shop": 2,
    "cpu:shop": 140,
    "memory:shop": 1,
    "active:shop": "True",
    "limited:shop": "TooManyReplicas",
    "turns:shop": 0,
  });
});

test("what keeps it from scaling is told in its own words", () => {
  const active = (conditions: unknown[]) =>
    autoscalerValues([autoscaler({ conditions })], new Map()).get("active:shop");
  expect(active([])).toBe("not looked at yet");
  expect(
    active([
      {
        type: "ScalingActive",
        status: "False",
        reason: "FailedGetResourceMetric",
        message: "missing request for cpu in container web",
      },
    ]),
  ).toBe("False: FailedGetResourceMetric: missing request for cpu in container web");
});

test("up, further up and down is no turn; up again after down is one", () => {
  const turns = new Map<string, Turns>();
  const wanted = (desiredReplicas: number) =>
    autoscalerValues([autoscaler({ desiredReplicas })], turns).get("turns:shop");
  expect([1, 5, 9, 7, 7, 4].map(wanted)).toEqual([0, 0, 0, 0, 0, 0]);
  expect([6, 8, 3, 4].map(wanted)).toEqual([1, 1, 1, 2]);
});
