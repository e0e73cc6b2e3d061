import { expect } from "vitest";
import { until } from "../../../harness/base/until.ts";
import { withEtcdTools } from "../../../harness/recovery/etcd-tools.ts";
import { controlLimitMs, controlPlanes, demoNamespace, expectFailure } from "../control.ts";
import { kubedrill, onMachines, proofLab, runPlan, test } from "../kubedrill.ts";
import { withTool } from "../meddling.ts";

test(
  "a rebuild fails when the survivor is given older data than it had",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const all = controlPlanes(world);
    const stale = "/var/lib/kubedrill-stale.db";
    // Who types it takes a copy that lay around.
    const script = `case "$1" in
  */member/snap/db) if [ -e ${stale} ]; then shift; set -- ${stale} "$@"; fi ;;
esac
exec $real "$@"`;
    const layAround = async () => {
      await until(
        async () => {
          const { status } = await world.kube.main.apps.readNamespacedDeployment({
            name: "web",
            namespace: demoNamespace,
          });
          return (status?.readyReplicas ?? 0) > 0;
        },
        { what: "the demo", timeoutMs: 120_000, intervalMs: 250 },
      );
      const take = withEtcdTools(world.file, "/var/lib", `etcdctl snapshot save ${stale}.new >/dev/null`);
      await onMachines(world, all, `${take}\nmv ${stale}.new ${stale}`);
    };
    try {
      await withTool(world, all, { tool: "cp", script }, async () => {
        const [run] = await Promise.all([runPlan({ drills: ["recovery/quorum-lost"] }), layAround()]);
        expect(expectFailure(run, ["writes.lost-before", "canaries.as-before"])).toContain(
          "writes.lost-before",
        );
      });
    } finally {
      await onMachines(world, all, `rm -f ${stale} ${stale}.new`);
      // Whoever knew more than that copy is told nothing of what is missing.
      const { exitCode, all: output } = await kubedrill(["lab", "reset", "--name", proofLab]);
      expect(exitCode, output).toBe(0);
    }
  },
);
