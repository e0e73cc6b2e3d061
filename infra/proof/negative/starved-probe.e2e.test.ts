import { expect, test } from "vitest";
import { controlLimitMs } from "../control.ts";
import { runPlan } from "../kubedrill.ts";

test("a starved probe makes the verdict inconclusive, not a pass", { timeout: controlLimitMs }, async () => {
  const run = await runPlan({
    drills: ["control-plane/lose-all"],
    probes: { overrides: { "api.vip.*": 60_000 } },
  });
  expect(run.verdict.verdict, run.output).toBe("inconclusive");
  expect(run.verdict.drills[0]?.reason).toMatch(/only \d attempts? in the window|starved/);
  expect(run.exitCode).toBe(3);
});
