// Every drill of a restore on the lab that is well: green, down to a second restore in a row.
import { expect } from "vitest";
import { controlLimitMs } from "./control.ts";
import { runPlan, test } from "./kubedrill.ts";

test.for(["recovery/stacked-swap", "recovery/new-directory", "recovery/quorum-lost", "recovery/drift"])(
  "%s keeps every promise",
  { timeout: controlLimitMs },
  async (drill) => {
    const run = await runPlan({ drills: [drill] });
    expect(run.exitCode, run.output).toBe(0);
    expect(run.verdict.drills[0]?.verdict).toBe("pass");
  },
);
