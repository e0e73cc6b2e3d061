// Velero on the lab: a namespace that it backed up comes back, and what becomes of that when a part fails.
import { beforeAll, expect } from "vitest";
import { until } from "../../harness/base/until.ts";
import type { World } from "../../harness/lab/world.ts";
import { Ledger } from "../../harness/safety/ledger.ts";
import { controlLimitMs, expectFailure, scaleDeployment } from "./control.ts";
import { killedAfter, kubedrill, proofLab, runPlan, test } from "./kubedrill.ts";
import { withMeddler } from "./meddling.ts";

const drill = "recovery/velero";
const namespace = "kubedrill-velero";
const onLab = ["--name", proofLab];
const backups = "/apis/velero.io/v1/namespaces/velero/backups";
/** Building Velero takes minutes the first time. */
const madeLimitMs = 30 * 60_000;

beforeAll(async () => {
  const made = await kubedrill(["lab", "add", "velero", ...onLab]);
  expect(made.exitCode, made.all).toBe(0);
}, madeLimitMs);

test("a namespace comes back from Velero's backup", { timeout: controlLimitMs }, async ({ world }) => {
  const run = await runPlan({ drills: [drill] });
  expect(run.exitCode, run.output).toBe(0);
  expect(await backupNames(world)).toEqual([]);
  expect(await filesInStore(world)).toBe(0);
});

test("it fails when the store lost what was backed up", { timeout: controlLimitMs }, async ({ world }) => {
  // The list of what it has is Velero's last file of a backup.
  const files = "/var/lib/kubedrill-store/backups/backups/*";
  const erase = `if ls ${files}/velero-backup.json >/dev/null 2>&1; then rm -f ${files}/kubedrill-*.tar.gz; exit; fi`;
  const [worker = ""] = workers(world);
  await withMeddler(world, [worker], erase, async () => {
    expectFailure(await runPlan({ drills: [drill] }), ["restore.done"]);
  });
});

test(
  "it fails when an object was left out of the backup, and names it",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const { main } = world.kube;
    const exclude = () =>
      main.raw("PATCH", `/api/v1/namespaces/${namespace}/configmaps/settings`, {
        timeoutMs: 5000,
        contentType: "application/merge-patch+json",
        body: { metadata: { labels: { "velero.io/exclude-from-backup": "true" } } },
      });
    const [run] = await Promise.all([
      runPlan({ drills: [drill] }),
      until(exclude, { what: "an object to leave out", timeoutMs: 240_000, intervalMs: 50 }),
    ]);
    expectFailure(run, ["objects.same"]);
    expect(run.verdict.drills[0]?.reason).toContain(`ConfigMap ${namespace}/settings`);
  },
);

test(
  "it fails when Velero does not work, and deletes nothing then",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const velero = { name: "velero", namespace: "velero" };
    await scaleDeployment(world, velero, 0);
    try {
      const run = await runPlan({ drills: [drill] });
      expectFailure(run, ["backup.taken"]);
      expect(run.output.replaceAll(/\s+/g, " ")).toContain("without a backup nothing is deleted");
    } finally {
      await scaleDeployment(world, velero, 1);
    }
    expect(await backupNames(world)).toEqual([]);
  },
);

test(
  "kill -9 when the namespace goes, then heal: it is gone, and nothing is pending",
  { timeout: controlLimitMs },
  async ({ world }) => {
    await killedAfter(drill, "deleting the namespace");
    const healed = await kubedrill(["heal", ...onLab]);
    expect(healed.exitCode, healed.all).toBe(0);
    expect(new Ledger(proofLab).pending()).toEqual([]);
    const { items } = await world.kube.main.core.listNamespace();
    expect(items.map(({ metadata }) => metadata?.name)).not.toContain(namespace);
  },
);

function workers(world: World): string[] {
  return world.machines.filter((each) => each.role === "worker").map((each) => each.name);
}

async function backupNames({ kube: { main } }: World): Promise<string[]> {
  const { items } = (await main.raw("GET", backups, { timeoutMs: 5000 })) as {
    items: { metadata: { name: string } }[];
  };
  return items.map(({ metadata }) => metadata.name);
}

async function filesInStore(world: World): Promise<number> {
  const { stdout } = await world
    .machine(workers(world)[0] ?? "")
    .shell.run("find /var/lib/kubedrill-store/backups -type f | wc -l", { timeoutMs: 10_000 });
  return Number(stdout.trim());
}
