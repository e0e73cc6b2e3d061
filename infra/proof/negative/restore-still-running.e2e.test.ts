import { expect } from "vitest";
import { controlLimitMs, controlPlanes, expectFailure } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";
import { withTool } from "../meddling.ts";

test(
  "a restore swaps no data under a member that still runs, whatever the runtime says",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const [first = ""] = controlPlanes(world);
    const script = `case "$*" in
  stop*|"ps -q"*) ;;
  *) exec $real "$@" ;;
esac`;
    await withTool(world, [first], { tool: "crictl", script }, async () => {
      const run = await runPlan({ drills: ["recovery/stacked-swap"] });
      expectFailure(run, ["restore.stopped"]);
      expect(run.verdict.drills[0]?.reason).toContain("is still in use");
      expect(run.output).not.toContain("swap: put");
    });
  },
);
