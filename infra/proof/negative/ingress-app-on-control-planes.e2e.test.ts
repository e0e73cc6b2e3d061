import { expect } from "vitest";
import { controlLimitMs, expectFailure, tamperWithDemo } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

const controlPlane = "node-role.kubernetes.io/control-plane";

test(
  "during-control-plane-loss fails when the application was put on the control planes",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const tampering = tamperWithDemo(
      world,
      (spec) => {
        const matchExpressions = [{ key: controlPlane, operator: "Exists" }];
        spec.tolerations = [{ key: controlPlane, operator: "Exists", effect: "NoSchedule" }];
        spec.affinity = {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
          },
        };
      },
      "edge",
    );
    const run = await runPlan({ drills: ["ingress/during-control-plane-loss-all"] });
    await tampering;
    // With all of its pods gone at once, which of the three is told first depends on which request was under way.
    expectFailure(run, ["requests.failed", "requests.failed-share", "requests.longest-gap"]);
    expect(run.output, "said before the fault").toMatch(/4\s+of\s+the\s+4\s+pods\s+are\s+on\s+machines/);
  },
);
