import { expect } from "vitest";
import { until } from "../../harness/base/until.ts";
import type { World } from "../../harness/lab/world.ts";
import { kubedrill, proofLab, test } from "./kubedrill.ts";

const limitMs = 5 * 60_000;
const managed = "app.kubernetes.io/managed-by=kubedrill";

/** The demo of the lab, through the ingress of one worker; the load must come from others. */
function target(world: World): { name: string; flags: string[] } {
  const worker = world.machines.find((each) => each.role === "worker");
  if (worker === undefined) throw new Error("the lab has no worker");
  const url = `http://${worker.address}/hostname`;
  return {
    name: worker.name,
    flags: ["load", url, "-H", "Host: demo.kubedrill.test", "-k", "--name", proofLab],
  };
}

async function nothingIsLeft({ kube }: World): Promise<void> {
  const { items } = await kube.main.core.listNamespace({ labelSelector: managed });
  expect(items.map(({ metadata }) => metadata?.name).filter((name) => name?.includes("load"))).toEqual([]);
}

test(
  "a load from three pods is one table, and none of them is beside the target",
  { timeout: limitMs },
  async ({ world }) => {
    const { name, flags } = target(world);
    const run = await kubedrill([...flags, "-n", "6000", "-c", "30", "--distributed", "3", "--json"]);
    expect(run.exitCode, run.all).toBe(0);
    const summary = JSON.parse(run.stdout) as {
      sent: number;
      answered: number;
      latencyUs: { count: number };
      pods: { node: string; sent: number; startedAfterMs: number; clock: { uncertaintyMs: number } }[];
    };
    expect(summary).toMatchObject({ sent: 6000, answered: 6000, latencyUs: { count: 6000 } });
    expect(summary.pods.map((each) => each.sent)).toEqual([2000, 2000, 2000]);
    expect(summary.pods.map((each) => each.node)).not.toContain(world.machine(name).node);
    for (const { startedAfterMs, clock } of summary.pods) {
      expect(startedAfterMs).toBeGreaterThanOrEqual(0);
      // The machines share this host's clock, and a busy host may be late, but not by seconds.
      expect(startedAfterMs).toBeLessThan(2000);
      expect(clock.uncertaintyMs).toBeLessThan(500);
    }
    await nothingIsLeft(world);
  },
);

test("a load that loses a pod on the way is no result", { timeout: limitMs }, async ({ world }) => {
  const { flags } = target(world);
  const running = kubedrill([...flags, "-t", "40", "-c", "10", "--rate", "50", "--distributed", "2"]);
  const { core } = world.kube.main;
  const begun = Promise.withResolvers<undefined>();
  running.all.on("data", (text: Buffer) => {
    if (text.toString().includes("all begin")) begun.resolve(undefined);
  });
  await Promise.race([begun.promise, running]);
  const victim = await until(
    async () => {
      const { items } = await core.listPodForAllNamespaces({
        labelSelector: "batch.kubernetes.io/job-name=load",
      });
      return items.find(
        (each) => each.metadata?.labels?.["batch.kubernetes.io/job-completion-index"] === "1",
      );
    },
    { what: "a worker to take away", timeoutMs: 20_000, intervalMs: 200 },
  );
  const name = victim.metadata?.name ?? "";
  const namespace = victim.metadata?.namespace ?? "";
  await core.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 0 });
  const { exitCode, all } = await running;
  expect(exitCode, all).toBe(3);
  expect(all).toMatch(/not complete: .*worker 1 on/);
  await nothingIsLeft(world);
});

test("what cannot be is one sentence, and nothing is made", { timeout: limitMs }, async ({ world }) => {
  const { flags } = target(world);
  const wrong = async (...more: string[]) => {
    const { exitCode, all } = await kubedrill([...flags, ...more]);
    expect(exitCode, all).toBe(2);
    return all;
  };
  expect(await wrong("--distributed", "0")).toMatch(/whole number from 1/);
  expect(await wrong("--distributed", "5", "-c", "3")).toMatch(/5 workers need at least as many connections/);
  expect(await wrong("--distributed", "2", "--node-selector", "gpu")).toMatch(/written as key=value/);
  const dry = await kubedrill([...flags, "-c", "4", "--distributed", "2", "--dry-run"]);
  expect(dry.exitCode, dry.all).toBe(0);
  expect(dry.stdout).toMatch(/kind: Job[^]*completionMode: Indexed/);
  await nothingIsLeft(world);
});
