// The quorum is lost for good: what is left is rebuilt as a person does it, and never in between, whatever becomes of
// kubedrill.
import { expect } from "vitest";
import { until } from "../../harness/base/until.ts";
import type { World } from "../../harness/lab/world.ts";
import { askMember } from "../../harness/recovery/etcd-tools.ts";
import { Ledger } from "../../harness/safety/ledger.ts";
import { allReady, controlLimitMs, controlPlanes } from "./control.ts";
import { kubedrill, killedAfter, proofLab, test } from "./kubedrill.ts";

const onLab = ["--name", proofLab];

test.for([
  ["while the old data makes room", "swap: ", 0, "kept"],
  ["while clients are given the rebuilt", "serve: start controller", 0, "rebuilt"],
  ["when no lost machine is on yet", "healing", 0, "rebuilt"],
  // The first has set its old data aside by then, or is a member, or all but done; whichever, it goes on from there.
  ["while lost machines join", "healing", 15_000, "rebuilt"],
] as const)(
  "kill -9 of a drill %s, then heal: one cluster of all members, never two",
  { timeout: controlLimitMs },
  async ([, line, afterMs, end], { world }) => {
    const before = await clusterOf(world, controlPlanes(world)[0] ?? "");
    await killedAfter("recovery/quorum-lost", line, afterMs);
    expect(new Ledger(proofLab).pending().map((each) => each.kind)).toContain("machine.loss");
    const healed = await kubedrill(["heal", ...onLab]);
    expect(healed.exitCode, healed.all).toBe(0);
    const clusters = await Promise.all(
      controlPlanes(world).map((machine) =>
        until(() => clusterOf(world, machine), {
          what: `the member on ${machine}`,
          timeoutMs: 60_000,
          intervalMs: 500,
        }),
      ),
    );
    expect(new Set(clusters).size, clusters.join()).toBe(1);
    expect(clusters[0] === before ? "kept" : "rebuilt").toBe(end);
    await allReady(world);
    expect(new Ledger(proofLab).pending()).toEqual([]);
  },
);

test(
  "a person rebuilds from the control plane that is left; who lives is not left out",
  { timeout: controlLimitMs },
  async ({ world }) => {
    const [left = "", ...lost] = controlPlanes(world);
    const rebuild = (more: string[]) => kubedrill(["rebuild", ...onLab, "--yes", ...more]);
    const alive = await rebuild(["--lost", ...lost]);
    expect(alive.exitCode, alive.all).toBe(2);
    expect(alive.all).toContain("is running");
    const few = await rebuild(["--lost", lost[0] ?? ""]);
    expect(few.exitCode, few.all).toBe(2);
    expect(few.all).toContain("would be left");
    try {
      await Promise.all(lost.map((each) => world.machine(each).power.cut()));
      const shown = await rebuild(["--lost", ...lost, "--dry-run"]);
      expect(shown.exitCode, shown.all).toBe(0);
      expect(shown.all).toContain("--skip-hash-check");
      expect(shown.all).toContain("If lost machines come back all the same");
      const done = await rebuild(["--lost", ...lost]);
      expect(done.exitCode, done.all).toBe(0);
      expect(done.all).toContain("proven: 1 members, one cluster");
      const { items } = await world.kube.via(left).core.listNode();
      expect(items).toHaveLength(world.machines.length);
    } finally {
      const reset = await kubedrill(["lab", "reset", ...onLab]);
      expect(reset.exitCode, reset.all).toBe(0);
    }
  },
);

async function clusterOf(world: World, machine: string): Promise<string> {
  const { stdout } = await world
    .machine(machine)
    .shell.run(askMember(world.file.etcd, "/v3/cluster/member/list", '{"linearizable":true}', 5), {
      timeoutMs: 10_000,
    });
  const found = /"cluster_id":\s*"(\d+)"/.exec(stdout)?.[1];
  const members = [...stdout.matchAll(/"peerURLs"/g)].length;
  return `${found ?? ""} of ${String(members)}`;
}
