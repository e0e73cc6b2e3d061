// Volumes of the lab's own CSI driver: snapshotted, destroyed, made again, and what becomes of that when a part fails.
import { beforeAll, expect } from "vitest";
import { until } from "../../harness/base/until.ts";
import type { World } from "../../harness/lab/world.ts";
import { Ledger } from "../../harness/safety/ledger.ts";
import { controlLimitMs, demoNamespace, expectFailure, scaleDeployment } from "./control.ts";
import { killedAfter, kubedrill, onMachines, proofLab, runOn, runPlan, test } from "./kubedrill.ts";
import { withMeddler } from "./meddling.ts";

const drill = "recovery/volume-snapshot";
const onLab = ["--name", proofLab];
/** On the first worker. */
const snapshotsFolder = "/var/lib/kubedrill-volumes/snapshots";
const contentsPath = "/apis/snapshot.storage.k8s.io/v1/volumesnapshotcontents";
const controller = { name: "snapshot-controller", namespace: "kubedrill-volumes" };
/** Building the driver and its companions takes minutes the first time. */
const madeLimitMs = 30 * 60_000;

beforeAll(async () => {
  const made = await kubedrill(["lab", "add", "volumes", ...onLab]);
  expect(made.exitCode, made.all).toBe(0);
}, madeLimitMs);

test(
  "a volume comes back from its snapshot, twice in a row",
  { timeout: controlLimitMs },
  async ({ world }) => {
    for (const round of [1, 2]) {
      const run = await runPlan({ drills: [drill] });
      expect(run.exitCode, `round ${String(round)}\n${run.output}`).toBe(0);
    }
    expect(await ours(world)).toEqual([]);
  },
);

test(
  "it fails when the snapshot lost a file, for that reason",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const erase = `rm -f ${snapshotsFolder}/*/data/canary`;
    await withMeddler(world, [firstWorker(world)], erase, async () => {
      expectFailure(await runPlan({ drills: [drill] }), ["data.same"]);
    });
  },
);

test(
  "it fails when nobody makes the snapshot, and destroys nothing then",
  { timeout: controlLimitMs },
  async ({ world }) => {
    await scaleDeployment(world, controller, 0);
    try {
      const run = await runPlan({ drills: [drill] });
      expectFailure(run, ["snapshot.taken"]);
      expect(run.output.replaceAll(/\s+/g, " ")).toContain("without a snapshot nothing is destroyed");
    } finally {
      await scaleDeployment(world, controller, 1);
    }
    expect(await ours(world)).toEqual([]);
  },
);

test(
  "it fails when a snapshot stays behind that nobody knows any more",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const { main } = world.kube;
    const kept = async () => {
      const [name] = (await ours(world)).filter((each) => each.startsWith("snapcontent-"));
      if (name === undefined) return undefined;
      await main.raw("PATCH", `${contentsPath}/${name}`, {
        timeoutMs: 5000,
        contentType: "application/merge-patch+json",
        body: { spec: { deletionPolicy: "Retain" } },
      });
      return name;
    };
    const [run, name] = await Promise.all([
      runPlan({ drills: [drill] }),
      until(kept, { what: "a snapshot to keep", timeoutMs: 240_000, intervalMs: 50 }),
    ]);
    try {
      expectFailure(run, ["nothing.left"]);
      expect(run.verdict.drills[0]?.reason).toContain(name);
    } finally {
      await main.raw("DELETE", `${contentsPath}/${name}`, { timeoutMs: 5000, okStatus: [404] });
      await onMachines(world, [firstWorker(world)], `rm -rf ${snapshotsFolder}/*`);
    }
  },
);

test(
  "kill -9 when the volume goes, then heal: neither volume nor snapshot stays",
  { timeout: controlLimitMs },
  async ({ world }) => {
    await killedAfter(drill, "deleting the pod's Deployment");
    const healed = await kubedrill(["heal", ...onLab]);
    expect(healed.exitCode, healed.all).toBe(0);
    expect(new Ledger(proofLab).pending()).toEqual([]);
    await until(async () => (await ours(world)).length === 0, {
      what: "what was made for the drill to be gone",
      timeoutMs: 60_000,
      intervalMs: 500,
    });
  },
);

test("a class that the cluster has not is told before anything is done", async () => {
  const run = await runOn(drill, ["--snapshot-class", "nobody"]);
  expect(run.exitCode, run.output).not.toBe(0);
  expect(run.verdict.unavailable[0]?.reason).toContain("needs the VolumeSnapshotClass nobody");
});

function firstWorker(world: World): string {
  return world.machines.find((each) => each.role === "worker")?.name ?? "";
}

/** Names of volumes and snapshots that were made for the demo's namespace. */
async function ours({ kube: { main } }: World): Promise<string[]> {
  const { items } = await main.core.listPersistentVolume();
  const contents = (await main.raw("GET", contentsPath, { timeoutMs: 5000 })) as {
    items: { metadata: { name: string }; spec: { volumeSnapshotRef: { namespace?: string } } }[];
  };
  return [
    ...items
      .filter(({ spec }) => spec?.claimRef?.namespace === demoNamespace)
      .map(({ metadata }) => metadata?.name ?? ""),
    ...contents.items
      .filter(({ spec }) => spec.volumeSnapshotRef.namespace === demoNamespace)
      .map(({ metadata }) => metadata.name),
  ];
}
