// A machine left off is the worst bug there is: whatever happens to the run, everything comes back.
import { setTimeout as pause } from "node:timers/promises";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect } from "vitest";
import { until } from "../../harness/base/until.ts";
import type { World } from "../../harness/lab/world.ts";
import { kubedrill, proofLab, test } from "./kubedrill.ts";

const limitMs = 12 * 60_000;
test(
  "kill -9 in the middle of lose-two, then heal: all machines on, all nodes Ready",
  { timeout: limitMs },
  async ({ world }) => {
    await killInTheMiddleOf(world, "control-plane/lose-two");
    const healed = await kubedrill(["heal", "--name", proofLab]);
    expect(healed.exitCode, healed.all).toBe(0);
    await expectWholeLab(world);
    const again = await kubedrill(["heal", "--name", proofLab]);
    expect(again.all).toContain("is left broken");
  },
);

test(
  "kill -9 in the middle of lose-two, then simply the next run",
  { timeout: limitMs },
  async ({ world }) => {
    await killInTheMiddleOf(world, "control-plane/lose-two");
    const out = await mkdtemp(join(tmpdir(), "kubedrill-proof-"));
    const next = await kubedrill(["run", "workloads/delete-pod", "--name", proofLab, "--out", out]);
    expect(next.exitCode, next.all).toBe(0);
    expect(next.all).toContain("healing it first");
    await expectWholeLab(world);
  },
);

test(
  "Ctrl-C in the middle of lose-two heals before it ends, with exit code 130",
  { timeout: limitMs },
  async ({ world }) => {
    const { run, out } = await startUntilOff(world, "control-plane/lose-two");
    run.kill("SIGINT");
    const ended = await run;
    expect(ended.exitCode, ended.all).toBe(130);
    expect(out).not.toBe("");
    await expectWholeLab(world);
  },
);

test(
  "the disk fills up in the middle of lose-two: healed, then one sentence",
  { timeout: limitMs },
  async ({ world }) => {
    const disk = await mkdtemp(join(tmpdir(), "kubedrill-proof-"));
    await execa("mount", ["-t", "tmpfs", "-o", "size=220m", "kubedrill-proof", disk]);
    try {
      const { run } = await startUntilOff(world, "control-plane/lose-two", disk);
      await expect(writeFile(join(disk, "filler"), Buffer.alloc(300 * 1024 * 1024))).rejects.toThrow(
        "ENOSPC",
      );
      const ended = await run;
      expect(ended.exitCode, ended.all).toBe(2);
      expect(ended.all).toMatch(/cannot be written any more: ENOSPC/);
      await expectWholeLab(world);
    } finally {
      await execa("umount", [disk]);
    }
  },
);

/** Starts a drill and waits until machines are off. */
async function startUntilOff(world: World, drill: string, folder?: string) {
  const out = folder ?? (await mkdtemp(join(tmpdir(), "kubedrill-proof-")));
  const run = kubedrill(["run", drill, "--name", proofLab, "--out", out]);
  await until(async () => (await machinesNot(world, "running")).length >= 2, {
    what: "two machines to be off",
    timeoutMs: 240_000,
    intervalMs: 300,
  });
  // In the middle of it, not at its first instant.
  await pause(3000);
  return { run, out };
}

async function killInTheMiddleOf(world: World, drill: string): Promise<void> {
  const { run } = await startUntilOff(world, drill);
  run.kill("SIGKILL");
  await run;
  expect((await machinesNot(world, "running")).length).toBe(2);
}

async function expectWholeLab(world: World): Promise<void> {
  expect(await machinesNot(world, "running")).toEqual([]);
  const nodes = await until(
    async () => {
      const { items } = await world.kube.main.core.listNode();
      const ready = items.filter((node) =>
        node.status?.conditions?.some((each) => each.type === "Ready" && each.status === "True"),
      );
      return ready.length === world.machines.length && ready;
    },
    { what: "all nodes to be Ready", timeoutMs: 180_000, intervalMs: 1000 },
  );
  expect(nodes).toHaveLength(world.machines.length);
}

async function machinesNot(world: World, state: string): Promise<string[]> {
  const states = await Promise.all(
    world.machines.map(async (each) => ({ name: each.name, state: await each.power.status() })),
  );
  return states.filter((each) => each.state !== state).map((each) => each.name);
}
