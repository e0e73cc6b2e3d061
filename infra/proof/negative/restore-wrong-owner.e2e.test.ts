import { expect } from "vitest";
import { controlLimitMs, controlPlanes, expectFailure, withTool } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";

test(
  "a restore fails when the restored data belongs to somebody else",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const [first = ""] = controlPlanes(world);
    // Who types it gives the folder to the wrong user.
    const script = `case "$*" in
  *--reference*restored*) for last; do :; done; exec $real -R nobody:nogroup "$last" ;;
  *) exec $real "$@" ;;
esac`;
    await withTool(world, [first], { tool: "chown", script }, async () => {
      const run = await runPlan({ drills: ["recovery/stacked-swap"] });
      expectFailure(run, ["restore.outcome"]);
      expect(run.verdict.drills[0]?.reason).toContain(`the data on ${first} belongs to nobody:nogroup`);
    });
  },
);
