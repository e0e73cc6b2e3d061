import { expect } from "vitest";
import { controlLimitMs, controlPlanes, expectFailure } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";
import { withTool, withWrongOwner } from "../meddling.ts";

test.for(["recovery/stacked-swap", "recovery/new-directory"])(
  "%s fails when the restored data belongs to somebody else",
  { timeout: controlLimitMs },
  async (drill, { world }) => {
    const [first = ""] = controlPlanes(world);
    await withTool(world, [first], withWrongOwner, async () => {
      const run = await runPlan({ drills: [drill] });
      expectFailure(run, ["restore.outcome"]);
      expect(run.verdict.drills[0]?.reason).toContain(`the data on ${first} belongs to nobody:nogroup`);
      expect(run.output).toContain("the old data is served again");
    });
  },
);
