// What is declared goes into files and comes back: a shop with a volume, deleted with its namespace, and its Secret only
// for who has the identity.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { execa } from "execa";
import { expect } from "vitest";
import { until } from "../../harness/base/until.ts";
import type { World } from "../../harness/lab/world.ts";
import { kubedrill, proofLab, test } from "./kubedrill.ts";
import { applyTo, closeShop, namespace, openShop, usual } from "./shop.ts";

const limitMs = 10 * 60_000;
const onLab = ["--name", proofLab];
const content = "what must not be lost\n";
const volume = "kubedrill-proof-ledger";
const hostPath = "/var/lib/kubedrill-proof";

test(
  "a namespace that is gone comes back from a dump, claims are bound to their volumes again, and nothing else is touched",
  { timeout: limitMs },
  async ({ world }) => {
    const folder = await mkdtemp(join(tmpdir(), "kubedrill-proof-"));
    const identity = join(folder, "identity");
    const secretKey = await generateIdentity();
    await writeFile(identity, `${secretKey}\n`, { mode: 0o600 });
    const dump = async (name: string) => {
      const out = join(folder, name);
      const run = await kubedrill([
        "dump",
        out,
        ...onLab,
        "--recipient",
        await identityToRecipient(secretKey),
      ]);
      expect(run.exitCode, run.all).toBe(0);
      return out;
    };
    try {
      await openShop(world, usual);
      await openLedger(world);
      const before = await dump("before");
      await removeAll(world);

      const sealed = await kubedrill(["restore-objects", before, ...onLab]);
      expect(sealed.exitCode, sealed.all).toBe(2);
      expect(sealed.all).toContain("is encrypted");
      const restore = ["restore-objects", before, ...onLab, "--identity", identity];
      const dry = await kubedrill([...restore, "--dry-run"]);
      expect(dry.all).toMatch(/^9 would be created/m);
      const restored = await kubedrill(restore);
      expect(restored.exitCode, restored.all).toBe(0);
      expect(restored.all).toContain(" 0 different, 0 failed");

      await ledgerIsOpen(world);
      await shopIsOpen(world);
      expect(await contentInPod(world)).toBe(content);
      // Object by object.
      const after = await dump("after");
      for (const place of [namespace, "_cluster/persistentvolumes"])
        await sameFiles(join(before, place), join(after, place));
      const again = await kubedrill(restore);
      expect(again.all).toContain("0 created, 0 overwritten");

      await world.kube.main.raw("PATCH", `/api/v1/namespaces/${namespace}/configmaps/prices`, {
        timeoutMs: 10_000,
        body: { data: { tea: "3" } },
        contentType: "application/merge-patch+json",
      });
      const conflict = await kubedrill(restore);
      expect(conflict.exitCode, conflict.all).toBe(3);
      expect(conflict.all).toContain(`different, left as it is: ConfigMap ${namespace}/prices`);
      const forced = await kubedrill([...restore, "--force"]);
      expect(forced.exitCode, forced.all).toBe(0);
      const prices = await world.kube.main.core.readNamespacedConfigMap({ name: "prices", namespace });
      expect(prices.data).toEqual({ tea: "2" });
    } finally {
      await removeAll(world);
      await world.machine("w1").shell.run(`rm -rf ${hostPath}`, { timeoutMs: 10_000 });
      await rm(folder, { recursive: true });
    }
  },
);

/** Beside the shop: a ConfigMap, a Secret, and a Deployment on w1 with a volume that has a file. */
async function openLedger(world: World): Promise<void> {
  const apply = applyTo(world.kube.main);
  const core = `/api/v1/namespaces/${namespace}`;
  const labels = { app: "ledger" };
  const script = `mkdir -p ${hostPath} && printf '${content.replace("\n", "\\n")}' > ${hostPath}/ledger`;
  await world.machine("w1").shell.run(script, { timeoutMs: 10_000 });
  await apply(`${core}/configmaps`, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "prices" },
    data: { tea: "2" },
  });
  await apply(`${core}/secrets`, {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "till" },
    data: { code: Buffer.from("1234").toString("base64") },
  });
  await apply("/api/v1/persistentvolumes", {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: volume },
    spec: {
      capacity: { storage: "1Mi" },
      accessModes: ["ReadWriteOnce"],
      persistentVolumeReclaimPolicy: "Retain",
      storageClassName: "by-hand",
      local: { path: hostPath },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            {
              matchExpressions: [
                { key: "kubernetes.io/hostname", operator: "In", values: [world.machine("w1").node] },
              ],
            },
          ],
        },
      },
    },
  });
  await apply(`${core}/persistentvolumeclaims`, {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "ledger" },
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: "by-hand",
      resources: { requests: { storage: "1Mi" } },
    },
  });
  await apply(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "ledger", labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: "ledger",
              image: world.file.demo.image,
              imagePullPolicy: "IfNotPresent",
              args: ["pause"],
              volumeMounts: [{ name: "ledger", mountPath: "/ledger" }],
            },
          ],
          volumes: [{ name: "ledger", persistentVolumeClaim: { claimName: "ledger" } }],
        },
      },
    },
  });
  await ledgerIsOpen(world);
}

async function ledgerIsOpen({ kube }: World): Promise<void> {
  await until(
    async () => {
      const { status } = await kube.main.apps.readNamespacedDeployment({ name: "ledger", namespace });
      const claim = await kube.main.core.readNamespacedPersistentVolumeClaim({ name: "ledger", namespace });
      return (
        status?.readyReplicas === 1 && claim.status?.phase === "Bound" && claim.spec?.volumeName === volume
      );
    },
    { what: "the ledger's pod with its volume", timeoutMs: 120_000, intervalMs: 500 },
  );
}

async function shopIsOpen({ kube }: World): Promise<void> {
  await until(
    async () => {
      const { status } = await kube.main.apps.readNamespacedDeployment({ name: "shop", namespace });
      return status?.readyReplicas === usual.replicas;
    },
    { what: "the shop to be open", timeoutMs: 120_000, intervalMs: 500 },
  );
}

/** What the container of the ledger sees of its volume. */
async function contentInPod(world: World): Promise<string> {
  const script = `id=$(crictl ps -q --name '^ledger$'); pid=$(crictl inspect -o go-template --template '{{.info.pid}}' "$id"); cat /proc/$pid/root/ledger/ledger`;
  const { stdout } = await world.machine("w1").shell.run(script, { timeoutMs: 20_000 });
  return stdout;
}

async function removeAll(world: World): Promise<void> {
  await closeShop(world);
  await world.kube.main.raw("DELETE", `/api/v1/persistentvolumes/${volume}`, {
    timeoutMs: 10_000,
    okStatus: [404],
  });
  await until(
    async () =>
      (await world.kube.main.raw("GET", `/api/v1/persistentvolumes/${volume}`, {
        timeoutMs: 10_000,
        okStatus: [404],
      })) === undefined,
    { what: "the volume to be gone", timeoutMs: 60_000, intervalMs: 500 },
  );
}

/** Encrypted ones are never the same twice; they are there by their names. */
async function sameFiles(one: string, other: string): Promise<void> {
  const list = async (folder: string) =>
    (await execa("find", [".", "-type", "f"], { cwd: folder })).stdout.split("\n").sort();
  const files = await list(one);
  expect(await list(other)).toEqual(files);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files.filter((each) => each.endsWith(".yaml")))
    expect(await readFile(join(other, file), "utf8"), file).toBe(await readFile(join(one, file), "utf8"));
}
