import { expect } from "vitest";
import { controlLimitMs, expectFailure, tamperWithDemo } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "ladder fails when the pods ask for no CPU, so that nobody can say what 70 % of it are",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const tampering = tamperWithDemo(
      world,
      ({ containers: [container] }) => {
        container.resources = {};
      },
      "ladder",
    );
    const run = await runPlan({ drills: ["ingress/ladder"], workload: { replicas: 5 } });
    await tampering;
    expectFailure(run, ["hpa.sees-metrics"]);
    expect(run.output).toContain("missing request for cpu");
  },
);
