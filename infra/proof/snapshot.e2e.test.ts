// Snapshots of the lab, as a person takes and verifies them; and what must be refused.
import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import { expect } from "vitest";
import type { World } from "../../harness/lab/world.ts";
import { readSnapshot, writeSidecar } from "../../harness/recovery/snapshot/sidecar.ts";
import { Ledger } from "../../harness/safety/ledger.ts";
import { controlPlanes } from "./control.ts";
import { kubedrill, proofLab, test } from "./kubedrill.ts";

const limitMs = 5 * 60_000;
const onLab = ["--name", proofLab];

test(
  "a snapshot is taken, restored into an etcd of its own, and refused when anything is wrong with it",
  { timeout: limitMs },
  async ({ world }) => {
    const store = await mkdtemp(join(tmpdir(), "kubedrill-proof-"));
    try {
      const saved = await kubedrill(["snapshot", "save", ...onLab, "--store", store]);
      expect(saved.exitCode, saved.all).toBe(0);
      expect(saved.all).toContain("ok   it can be restored, and its keys can be read");
      expect(await leftOn(world)).toBe("");
      const [name = ""] = await readdir(store);
      const listed = await kubedrill(["snapshot", "list", ...onLab, "--store", store]);
      expect(listed.all).toMatch(new RegExp(`^${name} {2}revision \\d+, \\d+ keys`));

      await refused(store, name, "instead of", (folder) => truncate(join(folder, "etcd.db"), 100_000));
      await refused(store, name, "another checksum", async (folder) => {
        const data = await readFile(join(folder, "etcd.db"));
        data[5000] = (data[5000] ?? 0) ^ 1;
        await writeFile(join(folder, "etcd.db"), data);
      });
      await refused(store, name, "this one is", (folder) => rewrite(folder, { clusterUid: "another" }));
      await refused(store, name, "which is older", (folder) => rewrite(folder, { etcdVersion: "9.9.0" }));
      const old = await verify(store, name, ["--max-age", "0.000001"]);
      expect(old.exitCode, old.all).toBe(3);
      expect(old.all).toContain("h old");
    } finally {
      await rm(store, { recursive: true });
    }
  },
);

test(
  "no snapshot is taken from a machine that has no member, or one that is frozen",
  { timeout: limitMs },
  async ({ world }) => {
    const store = await mkdtemp(join(tmpdir(), "kubedrill-proof-"));
    const save = (member: string) =>
      kubedrill(["snapshot", "save", ...onLab, "--store", store, "--member", member]);
    const [first = ""] = controlPlanes(world);
    const { shell } = world.machine(first);
    const etcd = "$(pidof etcd || pidof server)";
    try {
      const worker = await save("w1");
      expect(worker.exitCode, worker.all).toBe(2);
      expect(worker.all).toContain("No snapshot is taken from w1: it is no machine with a member of etcd.");
      await shell.run(`kill -STOP ${etcd}`, { timeoutMs: 10_000 });
      const frozen = await save(first);
      expect(frozen.exitCode, frozen.all).toBe(2);
      expect(frozen.all).toContain(`No snapshot is taken from ${first}: it does not answer.`);
      expect(await readdir(store)).toEqual([]);
    } finally {
      await shell.run(`kill -CONT ${etcd}`, { timeoutMs: 10_000 });
      await rm(store, { recursive: true });
    }
  },
);

test(
  "one that is broken off leaves nothing behind; one that is killed leaves what heal takes away",
  { timeout: limitMs },
  async ({ world }) => {
    const store = await mkdtemp(join(tmpdir(), "kubedrill-proof-"));
    const cli = join(import.meta.dirname, "..", "..", "harness", "cli", "main.ts");
    const stopped = async (signal: "SIGINT" | "SIGKILL") => {
      const run = execa(process.execPath, [cli, "snapshot", "save", ...onLab, "--store", store], {
        reject: false,
        all: true,
      });
      // It stands in the ledger before it is on a machine.
      const ledger = new Ledger(proofLab);
      const begun = () => ledger.pending().some(({ kind }) => kind === "machine.scratch");
      for (let turn = 0; turn < 600 && !begun(); turn += 1) await pause(50);
      expect(begun()).toBe(true);
      run.kill(signal);
      return run;
    };
    try {
      const interrupted = await stopped("SIGINT");
      expect(interrupted.exitCode, interrupted.all).toBe(130);
      expect(new Ledger(proofLab).pending()).toEqual([]);
      expect(await leftOn(world)).toBe("");
      expect(await readdir(store)).toEqual([]);

      await stopped("SIGKILL");
      expect(new Ledger(proofLab).pending()).not.toEqual([]);
      const healed = await kubedrill(["heal", ...onLab]);
      expect(healed.exitCode, healed.all).toBe(0);
      expect(await leftOn(world)).toBe("");
      // What was never finished is no snapshot.
      expect((await kubedrill(["snapshot", "list", ...onLab, "--store", store])).all).toBe(
        "No snapshot is kept.",
      );
    } finally {
      await rm(store, { recursive: true });
    }
  },
);

/** A copy to which something was done is not relied on, and no etcd is given it. */
async function refused(
  store: string,
  name: string,
  why: string,
  spoil: (folder: string) => Promise<void>,
): Promise<void> {
  const copy = join(store, "spoilt");
  await cp(join(store, name), copy, { recursive: true });
  await spoil(copy);
  const verified = await verify(store, "spoilt", []);
  expect(verified.exitCode, verified.all).toBe(3);
  expect(verified.all).toContain(why);
  expect(verified.all).not.toContain("it can be restored");
  await rm(copy, { recursive: true });
}

function verify(store: string, name: string, more: string[]) {
  return kubedrill(["snapshot", "verify", name, ...onLab, "--store", store, ...more]);
}

async function rewrite(
  folder: string,
  { clusterUid, etcdVersion }: { clusterUid?: string; etcdVersion?: string },
): Promise<void> {
  const { sidecar } = await readSnapshot(folder);
  await writeSidecar(folder, {
    ...sidecar,
    clusterUid: clusterUid ?? sidecar.clusterUid,
    etcd: { ...sidecar.etcd, version: etcdVersion ?? sidecar.etcd.version },
  });
}

/** Folders and containers of kubedrill's own on the control planes. */
async function leftOn(world: World): Promise<string> {
  const script = "ls /var/lib/kubedrill 2>/dev/null; ctr -n k8s.io containers ls -q | grep ^kubedrill-; true";
  const looks = controlPlanes(world).map((name) =>
    world.machine(name).shell.run(script, { timeoutMs: 20_000 }),
  );
  return (await Promise.all(looks)).map(({ stdout }) => stdout).join("");
}
