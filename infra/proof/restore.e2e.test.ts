// etcd is put back to a snapshot as a person does it, and never left in between, whatever becomes of kubedrill.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect } from "vitest";
import { until } from "../../harness/base/until.ts";
import type { World } from "../../harness/lab/world.ts";
import { readSnapshot, writeSidecar } from "../../harness/recovery/snapshot/sidecar.ts";
import { Ledger } from "../../harness/safety/ledger.ts";
import { allReady, controlPlanes } from "./control.ts";
import { kubedrill, proofLab, test } from "./kubedrill.ts";

const limitMs = 10 * 60_000;
const onLab = ["--name", proofLab];
const main = join(import.meta.dirname, "..", "..", "harness", "cli", "main.ts");

test(
  "a plan of every command is shown, what is wrong is refused, and then the cluster is as it was at the snapshot",
  { timeout: limitMs },
  async ({ world }) => {
    await withSnapshot(world, async (store) => {
      const [name = ""] = await readdir(store);
      const restore = (more: string[]) =>
        kubedrill(["snapshot", "restore", ...onLab, "--store", store, ...more]);
      const shown = await restore(["--dry-run"]);
      expect(shown.exitCode, shown.all).toBe(0);
      expect(shown.all).toContain("etcdutl snapshot restore");
      expect(shown.all).toContain("To go back to the old data");
      expect(shown.all).toContain("Nothing was touched.");

      const { sidecar } = await readSnapshot(join(store, name));
      await writeSidecar(join(store, name), { ...sidecar, clusterUid: "another" });
      const foreign = await restore([]);
      expect(foreign.exitCode, foreign.all).toBe(2);
      expect(foreign.all).toContain("it is of the cluster another");
      await writeSidecar(join(store, name), sidecar);
      expect(await valuesOnEach(world)).toEqual(["after", "after", "after"]);

      const restored = await restore([]);
      expect(restored.exitCode, restored.all).toBe(0);
      expect(restored.all).toContain("proven: 3 members, one cluster");
      expect(restored.all).toContain("restored; the API serves again");
      expect(await valuesOnEach(world)).toEqual(["before", "before", "before"]);
      // What it says can be deleted is there, and is all that is left.
      const kept = [...restored.all.matchAll(/on (\S+): rm -rf (\S+)/g)];
      expect(kept.map(([, machine]) => machine)).toEqual(controlPlanes(world));
      for (const [, machine = "", path = ""] of kept) {
        expect(await onMachine(world, machine, `ls -A ${path}`)).toBe("committed\nold-member");
        await onMachine(world, machine, `rm -rf ${path}`);
      }
      await nothingIsLeft(world);
    });
  },
);

test.for(["prepare", "stop", "swap", "start", "serve"])(
  "kill -9 in the phase %s of a restore, then heal: on one of the two, never in between",
  { timeout: limitMs },
  async (phase, { world }) => {
    await withSnapshot(world, async (store) => {
      await endedIn(phase, store, "SIGKILL");
      expect(new Ledger(proofLab).pending().map((each) => each.kind)).toContain("etcd.restore");
      const healed = await kubedrill(["heal", ...onLab]);
      expect(healed.exitCode, healed.all).toBe(0);
      await nothingIsLeft(world);
      const values = await valuesOnEach(world);
      expect(["after,after,after", "before,before,before"]).toContain(values.join());
      // Once no client can have been given the restored data, it is the old.
      if (phase !== "serve") expect(values[0]).toBe("after");
      await whole(world);
    });
  },
);

test(
  "Ctrl-C in the middle goes back to the old data, with exit code 130",
  { timeout: limitMs },
  async ({ world }) => {
    await withSnapshot(world, async (store) => {
      const ended = await endedIn("start", store, "SIGINT");
      expect(ended.exitCode, ended.all).toBe(130);
      expect(ended.all).toContain("the old data is served again");
      await nothingIsLeft(world);
      expect(await valuesOnEach(world)).toEqual(["after", "after", "after"]);
      await whole(world);
    });
  },
);

const path = "/api/v1/namespaces/default/configmaps";
const object = "kubedrill-proof-restore";

/** With an object that says "before" in the snapshot and "after" in the cluster. */
async function withSnapshot(world: World, work: (store: string) => Promise<void>): Promise<void> {
  const store = await mkdtemp(join(tmpdir(), "kubedrill-proof-"));
  const { main: kube } = world.kube;
  const put = async (value: string) => {
    const metadata = { name: object, labels: { "app.kubernetes.io/managed-by": "kubedrill" } };
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { value } };
    await kube.raw("PATCH", `${path}/${object}?fieldManager=proof&force=true`, {
      timeoutMs: 10_000,
      body,
      contentType: "application/apply-patch+yaml",
    });
  };
  try {
    await put("before");
    const saved = await kubedrill(["snapshot", "save", ...onLab, "--store", store]);
    expect(saved.exitCode, saved.all).toBe(0);
    await put("after");
    await work(store);
  } finally {
    await rm(store, { recursive: true });
    await until(
      () => kube.raw("DELETE", `${path}/${object}`, { timeoutMs: 10_000, okStatus: [404] }).then(() => true),
      { what: "the object of the proof to be deleted", timeoutMs: 60_000, intervalMs: 1000 },
    );
  }
}

/** Ends a restore by a signal as soon as it says that it is in this phase. */
async function endedIn(phase: string, store: string, signal: "SIGKILL" | "SIGINT") {
  const run = execa(process.execPath, [main, "snapshot", "restore", ...onLab, "--store", store], {
    reject: false,
    all: true,
  });
  run.all.on("data", (chunk: Buffer) => {
    if (chunk.toString().includes(`${phase}: `)) run.kill(signal);
  });
  const ended = await run;
  expect(ended.signal === signal || ended.exitCode === 130, ended.all).toBe(true);
  return ended;
}

/** As each API server says from its own etcd. */
function valuesOnEach(world: World): Promise<string[]> {
  return Promise.all(
    controlPlanes(world).map((machine) =>
      until(
        async () => {
          const found = await world.kube.via(machine).raw("GET", `${path}/${object}`, { timeoutMs: 5000 });
          return (found as { data?: { value?: string } }).data?.value ?? "none";
        },
        { what: `the API server on ${machine}`, timeoutMs: 120_000, intervalMs: 500 },
      ),
    ),
  );
}

/** One cluster of all members, and every node is Ready. */
async function whole(world: World): Promise<void> {
  const list =
    "etcdctl --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/healthcheck-client.crt --key /etc/kubernetes/pki/etcd/healthcheck-client.key member list | sort";
  const lists = await Promise.all(controlPlanes(world).map((machine) => onMachine(world, machine, list)));
  expect(new Set(lists).size, lists.join("\n")).toBe(1);
  expect(lists[0]?.split("\n")).toHaveLength(3);
  await allReady(world);
}

async function nothingIsLeft(world: World): Promise<void> {
  expect(new Ledger(proofLab).pending()).toEqual([]);
  const script =
    "ls -d /var/lib/etcd/kubedrill-* /etc/kubernetes/kubedrill-* /var/lib/kubedrill/* 2>/dev/null; ls /etc/kubernetes/manifests | wc -l";
  for (const machine of controlPlanes(world)) expect(await onMachine(world, machine, script)).toBe("4");
  // Beside the lock, which is empty and goes with the next boot.
  const elsewhere = "ls /run | grep ^kubedrill-restore | grep -v lock; true";
  for (const { name } of world.machines) expect(await onMachine(world, name, elsewhere)).toBe("");
}

async function onMachine(world: World, machine: string, script: string): Promise<string> {
  const { stdout } = await world.machine(machine).shell.run(script, { timeoutMs: 20_000 });
  return stdout.trim();
}
