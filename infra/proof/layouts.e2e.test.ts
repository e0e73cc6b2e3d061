// Restores on labs of other layouts than the main one's; each is made for it and taken away again.
import { expect, test } from "vitest";
import { controlLimitMs } from "./control.ts";
import { kubedrill, runPlan } from "./kubedrill.ts";

const layouts = [
  {
    lab: "proof-service",
    shape: ["--control-planes", "3", "--workers", "1", "--etcd-runtime", "systemd"],
    drills: ["recovery/force-new-cluster", "recovery/new-directory", "recovery/stacked-swap"],
  },
  {
    lab: "proof-single",
    shape: ["--control-planes", "1", "--workers", "1"],
    drills: ["recovery/stacked-swap"],
  },
];

test.for(layouts)("restores on $lab keep every promise", { timeout: 2 * controlLimitMs }, async (layout) => {
  const { lab, shape, drills } = layout;
  try {
    const up = await kubedrill(["lab", "up", "--name", lab, ...shape]);
    expect(up.exitCode, up.all).toBe(0);
    const run = await runPlan({ drills }, lab);
    expect(run.exitCode, run.output).toBe(0);
    expect(run.verdict.drills.map((each) => each.verdict)).toEqual(drills.map(() => "pass"));
  } finally {
    await kubedrill(["lab", "down", "--name", lab, "--forget"]);
  }
});
