// What proofs of a restore by hand share: a snapshot with an object by which to tell the old data from the restored, a
// restore that is ended in the middle, and looks at what is left.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { until } from "../../harness/base/until.ts";
import type { World } from "../../harness/lab/world.ts";
import { Ledger } from "../../harness/safety/ledger.ts";
import { allReady, controlPlanes } from "./control.ts";
import { kubedrill } from "./kubedrill.ts";

const path = "/api/v1/namespaces/default/configmaps";
const object = "kubedrill-proof-restore";

/** With an object that says "before" in the snapshot and "after" in the cluster. */
export async function withSnapshot(world: World, work: (store: string) => Promise<void>): Promise<void> {
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
    const saved = await kubedrill(["snapshot", "save", "--name", world.file.name, "--store", store]);
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
export async function endedIn(world: World, phase: string, store: string, signal: "SIGKILL" | "SIGINT") {
  const run = kubedrill(["snapshot", "restore", "--name", world.file.name, "--store", store]);
  run.all.on("data", (chunk: Buffer) => {
    if (chunk.toString().includes(`${phase}: `)) run.kill(signal);
  });
  const ended = await run;
  expect(ended.signal === signal || ended.exitCode === 130, ended.all).toBe(true);
  return ended;
}

/** As each API server says from its own etcd. */
export function valuesOnEach(world: World): Promise<string[]> {
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
export async function whole(world: World): Promise<void> {
  const list =
    "etcdctl --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/healthcheck-client.crt --key /etc/kubernetes/pki/etcd/healthcheck-client.key member list | sort";
  const lists = await Promise.all(world.etcdMachines.map(({ name }) => onMachine(world, name, list)));
  expect(new Set(lists).size, lists.join("\n")).toBe(1);
  expect(lists[0]?.split("\n")).toHaveLength(3);
  await allReady(world);
}

/** Neither on machines nor in the ledger; manifests are where they belong. */
export async function nothingIsLeft(world: World): Promise<void> {
  const { file, etcdMachines, everyMachine } = world;
  expect(new Ledger(file.name).pending()).toEqual([]);
  const left =
    "ls -d /var/lib/etcd*/kubedrill-* /var/lib/kubedrill-* /etc/kubernetes/kubedrill-* /var/lib/kubedrill/* 2>/dev/null; true";
  const machines = new Set([...controlPlanes(world), ...etcdMachines.map((each) => each.name)]);
  for (const machine of machines) expect(await onMachine(world, machine, left)).toBe("");
  const manifests = file.etcd.runtime === "pod" ? 4 : 3;
  for (const machine of controlPlanes(world))
    expect(await onMachine(world, machine, "ls /etc/kubernetes/manifests | wc -l")).toBe(String(manifests));
  // Beside the lock, which is empty and goes with the next boot.
  const elsewhere = "ls /run | grep ^kubedrill-restore | grep -v lock; true";
  for (const { name } of everyMachine) expect(await onMachine(world, name, elsewhere)).toBe("");
}

export async function onMachine(world: World, machine: string, script: string): Promise<string> {
  const { stdout } = await world.machine(machine).shell.run(script, { timeoutMs: 20_000 });
  return stdout.trim();
}

/** `kill -9` in this phase, then `heal`: on one of the two, whole; and on the old before clients can have had the other. */
export async function killedAndHealed(world: World, phase: string): Promise<void> {
  await withSnapshot(world, async (store) => {
    await endedIn(world, phase, store, "SIGKILL");
    expect(new Ledger(world.file.name).pending().map((each) => each.kind)).toContain("etcd.restore");
    const healed = await kubedrill(["heal", "--name", world.file.name]);
    expect(healed.exitCode, healed.all).toBe(0);
    await nothingIsLeft(world);
    const values = await valuesOnEach(world);
    expect(["after,after,after", "before,before,before"]).toContain(values.join());
    if (phase !== "serve") expect(values[0]).toBe("after");
    await whole(world);
  });
}
