import { expect } from "vitest";
import { controlLimitMs, controlPlanes, expectFailure } from "../control.ts";
import { runPlan, test } from "../kubedrill.ts";
import { withTool } from "../meddling.ts";

test(
  "a restore fails when only one member has the restored data",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const [, ...others] = controlPlanes(world);
    // What is swapped in is what was there.
    const script = `case "$*" in
  *"snapshot restore"*--data-dir*) ;;
  *) exec $real "$@" ;;
esac
while [ "$1" != --data-dir ]; do shift; done
mkdir -p "$2" && cp -a /var/lib/etcd/member "$2/member"`;
    await withTool(world, others, { tool: "etcdutl", script }, async () => {
      const run = await runPlan({ drills: ["recovery/stacked-swap"] });
      expectFailure(run, ["restore.outcome", "restore.started"]);
      const [drill] = run.verdict.drills;
      expect(drill?.reason).toContain("the member on cp1 does not answer");
      expect(drill?.reason).toContain("cluster ID mismatch");
      expect(run.output).toContain("the old data is served again");
    });
  },
);
