import { describe, expect, it } from "vitest";
import { defaultScaleUp, readAutoscaler } from "./autoscaler.ts";

const utilization = (name: string, averageUtilization: number) => ({
  type: "Resource",
  resource: { name, target: { type: "Utilization", averageUtilization } },
});

function read(...items: { name: string; spec: Record<string, unknown> }[]) {
  const answer = { items: items.map(({ name, spec }) => ({ metadata: { name }, spec })) };
  return readAutoscaler({ raw: () => Promise.resolve(answer) }, "shop", "web");
}

const plain = {
  scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
  maxReplicas: 10,
  metrics: [utilization("cpu", 70), utilization("memory", 80)],
};

describe("an autoscaler", () => {
  it("is that of the Deployment, with the defaults of Kubernetes", async () => {
    const other = { ...plain, scaleTargetRef: { kind: "StatefulSet", name: "web" } };
    expect(await read({ name: "other", spec: other }, { name: "hpa", spec: plain })).toMatchObject({
      name: "hpa",
      minReplicas: 1,
      maxReplicas: 10,
      targetPercent: 70,
      up: defaultScaleUp,
      upWindowMs: { value: 0 },
      downWindowMs: { value: 300_000 },
    });
  });

  it("goes by its own policies and windows", async () => {
    const behavior = {
      scaleUp: {
        stabilizationWindowSeconds: 10,
        selectPolicy: "Min",
        policies: [{ type: "Pods", value: 1, periodSeconds: 60 }],
      },
      scaleDown: { stabilizationWindowSeconds: 30 },
    };
    expect(await read({ name: "hpa", spec: { ...plain, minReplicas: 2, behavior } })).toMatchObject({
      minReplicas: 2,
      up: { policies: [{ type: "Pods", value: 1, periodMs: 60_000 }], select: "Min" },
      upWindowMs: { value: 10_000 },
      downWindowMs: { value: 30_000 },
    });
  });

  it("that is not there is said in a sentence", async () => {
    await expect(read()).rejects.toThrow(
      "No HorizontalPodAutoscaler in namespace shop scales the Deployment web",
    );
  });

  it.each([
    ["does not scale by the utilization of CPU", { metrics: [utilization("memory", 80)] }],
    ["also scales by External", { metrics: [...plain.metrics, { type: "External" }] }],
    ["forbidden to grow", { behavior: { scaleUp: { selectPolicy: "Disabled" } } }],
  ])("of which nothing can be predicted is refused: %s", async (why, change) => {
    await expect(read({ name: "hpa", spec: { ...plain, ...change } })).rejects.toThrow(why);
  });
});
