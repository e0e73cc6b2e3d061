import { expect } from "vitest";
import { controlLimitMs, controlPlanes, expectFailure } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";
import { without, withTool } from "../meddling.ts";

test(
  "a restore fails when each member is restored alone: three clusters of one look healthy",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const names = ["--name", "--initial-cluster", "--initial-cluster-token", "--initial-advertise-peer-urls"];
    const tool = { tool: "etcdutl", script: without({ withValue: names }) };
    await withTool(world, controlPlanes(world), tool, async () => {
      const run = await runPlan({ drills: ["recovery/stacked-swap"] });
      expectFailure(run, ["restore.outcome"]);
      expect(run.verdict.drills[0]?.reason).toContain("knows only itself");
      expect(run.output).toContain("the old data is served again");
    });
  },
);
