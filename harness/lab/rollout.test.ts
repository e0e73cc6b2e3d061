import { expect, test } from "vitest";
import { unfinishedRollout } from "./rollout.ts";

const deployment = (generation: number, status: Record<string, number>) =>
  unfinishedRollout({ metadata: { generation }, status });

test("a Deployment is rolled out when its controller has seen its latest form and no pod has an older one", () => {
  expect(deployment(2, { observedGeneration: 2, replicas: 4, updatedReplicas: 4 })).toBeNull();
  expect(deployment(1, { observedGeneration: 1 })).toBeNull();
});

test("what is left to do is told", () => {
  expect(deployment(2, { observedGeneration: 1, replicas: 4, updatedReplicas: 4 })).toContain(
    "not looked at",
  );
  expect(deployment(2, { observedGeneration: 2, replicas: 5, updatedReplicas: 1 })).toBe(
    "1 of its 5 pods have its latest form",
  );
  expect(deployment(1, {})).toContain("not looked at");
});
