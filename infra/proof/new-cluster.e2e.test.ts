// What was declared in one lab is made in another, which is made for it and taken away again.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { labDir } from "../../harness/base/paths.ts";
import { readLabFile } from "../../harness/lab/lab-file.ts";
import { openWorld } from "../../harness/lab/open-world.ts";
import { Ledger } from "../../harness/safety/ledger.ts";
import { controlLimitMs, demoNamespace, expectFailure } from "./control.ts";
import { kubedrill, proofLab, runPlan, test } from "./kubedrill.ts";

const other = "proof-new";
const labFile = () => join(labDir(other), "lab.yaml");
const plan = () => ({ drills: ["recovery/new-cluster"], into: labFile() });

beforeAll(async () => {
  const up = await kubedrill(["lab", "up", "--name", other, "--control-planes", "1", "--workers", "1"]);
  expect(up.exitCode, up.all).toBe(0);
}, controlLimitMs);

afterAll(async () => {
  await kubedrill(["lab", "down", "--name", other, "--forget"]);
}, controlLimitMs);

test("a new cluster has all of it, and nothing is left there", { timeout: controlLimitMs }, async () => {
  const run = await runPlan(plan());
  expect(run.exitCode, run.output).toBe(0);
  expect(run.verdict.drills[0]?.verdict).toBe("pass");
  expect(new Ledger(other).pending()).toEqual([]);
  await withOther(async (world) => {
    const { items } = await world.kube.main.core.listNamespace();
    expect(items.map((each) => each.metadata?.name)).not.toContain(demoNamespace);
  });
});

test("it fails where nothing can run", { timeout: controlLimitMs }, async () => {
  await withOther(async ({ kube }) => {
    const cordon = async (unschedulable: boolean) => {
      const { items } = await kube.main.core.listNode();
      for (const each of items)
        await kube.main.raw("PATCH", `/api/v1/nodes/${each.metadata?.name ?? ""}`, {
          timeoutMs: 10_000,
          contentType: "application/merge-patch+json",
          body: { spec: { unschedulable } },
        });
    };
    await cordon(true);
    try {
      expectFailure(await runPlan(plan()), ["workloads.ready"]);
    } finally {
      await cordon(false);
    }
  });
});

test("the same cluster is refused, and one that is not there", { timeout: controlLimitMs }, async () => {
  const same = await runPlan({ ...plan(), into: join(labDir(proofLab), "lab.yaml") });
  expect(same.exitCode, same.output).not.toBe(0);
  expect(same.verdict.drills[0]?.verdict).toBe("inconclusive");
  const out = await mkdtemp(join(tmpdir(), "kubedrill-proof-"));
  const none = await kubedrill([
    ...["run", "recovery/new-cluster", "--name", proofLab, "--into", "nowhere", "--out", out],
  ]);
  expect(none.exitCode, none.all).toBe(2);
  expect(none.all).toContain("nowhere");
});

async function withOther(work: (world: Awaited<ReturnType<typeof openWorld>>) => Promise<void>) {
  const world = await openWorld(await readLabFile(labFile()));
  try {
    await work(world);
  } finally {
    await world.close();
  }
}
