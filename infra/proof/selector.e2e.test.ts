// A workload of somebody's own, drilled by its labels: found, hit, judged, and otherwise left as it was.
import { expect } from "vitest";
import type { World } from "../../harness/lab/world.ts";
import { expectFailure, makeQuota } from "./control.ts";
import { kubedrill, proofLab, runOn, test } from "./kubedrill.ts";
import { closeShop, namespace, openShop, own, scaleShop, shop, small, usual } from "./shop.ts";

const limitMs = 10 * 60_000;
/** Two cores carry no more beside the lab itself: all of its pods run, and nobody is to wait. */
const carried = ["--max-rate", "700"];

test(
  "a Deployment of one's own is drilled by its labels, and nothing of it is changed",
  { timeout: limitMs },
  async ({ world }) => {
    try {
      await openShop(world, usual);
      await drillShop(world);
    } finally {
      await closeShop(world);
    }
  },
);

async function drillShop(world: World): Promise<void> {
  const before = await shop(world);
  const green = await runOn("workloads/delete-pod", own);
  expect(green.exitCode, green.output).toBe(0);
  const ids = green.verdict.drills[0]?.expectations.map((each) => each.id);
  expect(ids).toContain("pod.replaced");
  expect(ids).toContain("requests.failed");
  const after = await shop(world);
  expect(after.generation).toBe(before.generation);
  expect(after.pods.filter((uid) => before.pods.includes(uid))).toHaveLength(usual.replicas / 2);

  await makeQuota(world, namespace, usual.replicas / 2);
  expectFailure(await runOn("workloads/delete-pod", own), ["pod.replaced"]);
}

test(
  "labels that nothing has are refused in a sentence, before anything is made",
  { timeout: limitMs },
  async () => {
    const nobody = await kubedrill([
      "run",
      "workloads/delete-pod",
      "--name",
      proofLab,
      "--selector",
      "app=nobody",
    ]);
    expect(nobody.exitCode, nobody.all).toBe(2);
    expect(nobody.all).toContain("No pod in namespace default matches app=nobody");
    const pressure = await kubedrill(["run", "workloads/node-pressure", "--name", proofLab, ...own]);
    expect(pressure.exitCode, pressure.all).toBe(2);
    expect(pressure.all).toContain("workloads/node-pressure cannot be run");
  },
);

test(
  "a worker that carries it is drained, and lost for longer than its pods' toleration",
  { timeout: 3 * limitMs },
  async ({ world }) => {
    try {
      await openShop(world, usual);
      for (const drill of ["node/drain", "node/long-outage"]) {
        const run = await runOn(drill, own);
        expect(run.exitCode, run.output).toBe(0);
      }
    } finally {
      await closeShop(world);
    }
  },
);

test(
  "its HPA is climbed with load; one that does not exist is said in a sentence, one that is too small fails",
  { timeout: 4 * limitMs },
  async ({ world }) => {
    try {
      await openShop(world, small);
      const without = await kubedrill(["run", "ingress/ladder", "--name", proofLab, ...own]);
      expect(without.exitCode, without.all).toBe(2);
      expect(without.all).toContain(`No HorizontalPodAutoscaler in namespace ${namespace} scales`);

      await scaleShop(world, 30);
      const green = await runOn("ingress/ladder", [...own, ...carried, "--fail-on-saturation"]);
      expect(green.exitCode, green.output).toBe(0);

      await scaleShop(world, small.replicas + 1);
      expectFailure(await runOn("ingress/ladder", [...own, ...carried]), ["hpa.not-held-back"]);
    } finally {
      await closeShop(world);
    }
  },
);
