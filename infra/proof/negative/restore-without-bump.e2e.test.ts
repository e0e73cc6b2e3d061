import { expect } from "vitest";
import { controlLimitMs, controlPlanes, expectFailure } from "../control.ts";
import { kubedrill, proofLab, runPlan, test } from "../kubedrill.ts";
import { without, withTool } from "../meddling.ts";

test(
  "a restore fails when its store does not begin above what clients have seen: they are blind and do not know it",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const bump = { withValue: ["--bump-revision"], flags: ["--mark-compacted"] };
    try {
      await withTool(world, controlPlanes(world), { tool: "etcdutl", script: without(bump) }, async () => {
        const run = await runPlan({ drills: ["recovery/stacked-swap"] });
        expectFailure(run, ["watch.not-blind"]);
      });
    } finally {
      // Whatever else watches this cluster is as blind.
      const { exitCode, all } = await kubedrill(["lab", "reset", "--name", proofLab]);
      expect(exitCode, all).toBe(0);
    }
  },
);
