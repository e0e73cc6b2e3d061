import { join } from "node:path";
import { expect } from "vitest";
import { withTemporaryFolder } from "../../../harness/base/temporary-folder.ts";
import { until } from "../../../harness/base/until.ts";
import type { World } from "../../../harness/lab/world.ts";
import { withEtcdTools } from "../../../harness/recovery/etcd-tools.ts";
import { fetchFile, lookAtFile, sendFile } from "../../../harness/shell/transfer.ts";
import { controlLimitMs, controlPlanes, expectFailure } from "../control.ts";
import { onMachines, runPlan, test } from "../kubedrill.ts";
import { withTool } from "../meddling.ts";

const newer = "/var/lib/kubedrill-newer.db";

test(
  "a restore fails when it brings newer data than the snapshot's: writes are there that came after it",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const all = controlPlanes(world);
    // Who types it waits for a copy that is newer, and takes that; the restore after it is as it should be.
    const script = `case "$*" in
  "snapshot restore "*" --data-dir "*) ;;
  *) exec $real "$@" ;;
esac
if [ ! -e ${newer}.used ]; then
  touch ${newer}.wanted
  for i in $(seq 600); do if [ -e ${newer} ]; then break; fi; sleep 0.1; done
  mv ${newer} ${newer}.used; shift 3; set -- snapshot restore ${newer}.used "$@"
fi
exec $real "$@"`;
    try {
      await withTool(world, all, { tool: "etcdutl", script }, async () => {
        const [run] = await Promise.all([
          runPlan({ drills: ["recovery/stacked-swap"] }),
          bringNewer(world, all),
        ]);
        expect(expectFailure(run, ["writes.kept-after", "canaries.as-before"])).toContain(
          "writes.kept-after",
        );
      });
    } finally {
      await onMachines(world, all, `rm -f ${newer}*`);
    }
  },
);

/** One and the same, so that they are one cluster; as soon as all of them want it. */
async function bringNewer(world: World, all: readonly string[]): Promise<void> {
  const [first, ...others] = all.map((each) => world.machine(each));
  if (first === undefined) throw new Error("there is no control plane");
  await until(() => onMachines(world, all, `test -e ${newer}.wanted`).then(() => true), {
    what: "the restore to begin",
    timeoutMs: 180_000,
    intervalMs: 500,
  });
  const copy = `${newer}.copy`;
  await onMachines(
    world,
    [first.name],
    withEtcdTools(world.file, "/var/lib", `etcdctl snapshot save ${copy} >/dev/null`),
  );
  await withTemporaryFolder("newer", async (folder) => {
    const here = join(folder, "copy.db");
    await fetchFile(first, await lookAtFile(first, copy), here);
    for (const each of others) await sendFile(each, here, copy);
  });
  await onMachines(world, all, `mv ${copy} ${newer}`);
}
