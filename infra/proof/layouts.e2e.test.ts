// Restores on labs of other layouts than the main one's; each is made for it and taken away again.
import { join } from "node:path";
import { expect, test } from "vitest";
import { labDir } from "../../harness/base/paths.ts";
import { readLabFile } from "../../harness/lab/lab-file.ts";
import { openWorld } from "../../harness/lab/open-world.ts";
import type { World } from "../../harness/lab/world.ts";
import { controlLimitMs, controlPlanes, expectFailure } from "./control.ts";
import { kubedrill, runPlan, withoutProofLab } from "./kubedrill.ts";
import { withTool } from "./meddling.ts";

interface Layout {
  lab: string;
  shape: string[];
  drills: string[];
  /** A restore that must fail on it, after those that must not. */
  broken?: (world: World, lab: string) => Promise<void>;
}

const layouts: Layout[] = [
  {
    lab: "proof-service",
    shape: ["--control-planes", "3", "--workers", "1", "--etcd-runtime", "systemd"],
    drills: [
      "recovery/force-new-cluster",
      "recovery/new-directory",
      "recovery/stacked-swap",
      "recovery/quorum-lost",
    ],
    broken: withoutPeerUrl,
  },
  {
    lab: "proof-single",
    shape: ["--control-planes", "1", "--workers", "1"],
    drills: ["recovery/stacked-swap"],
  },
];

withoutProofLab();

test.for(layouts)("restores on $lab keep every promise", { timeout: 2 * controlLimitMs }, async (layout) => {
  const { lab, shape, drills, broken } = layout;
  try {
    const up = await kubedrill(["lab", "up", "--name", lab, ...shape]);
    expect(up.exitCode, up.all).toBe(0);
    for (const drill of drills) {
      const run = await runPlan({ drills: [drill] }, lab);
      expect(run.exitCode, run.output).toBe(0);
      expect(run.verdict.drills.map((each) => each.verdict)).toEqual(["pass"]);
    }
    if (broken === undefined) return;
    const world = await openWorld(await readLabFile(join(labDir(lab), "lab.yaml")));
    try {
      await broken(world, lab);
    } finally {
      await world.close();
    }
  } finally {
    await kubedrill(["lab", "down", "--name", lab, "--forget"]);
  }
});

/** Who types it forgets that a member which was restored alone calls itself by another URL: nobody can join it. */
async function withoutPeerUrl(world: World, lab: string): Promise<void> {
  const script = `case "$*" in
  *"member update"*) exit 0 ;;
  *) exec $real "$@" ;;
esac`;
  await withTool(world, controlPlanes(world), { tool: "etcdctl", script }, async () => {
    const run = await runPlan({ drills: ["recovery/force-new-cluster"] }, lab);
    expectFailure(run, ["restore.outcome", "restore.started"]);
    expect(run.output).toContain("the old data is served again");
  });
}
