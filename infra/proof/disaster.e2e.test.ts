// Every control plane is lost with its disk. Other machines stand in their places, and all that is left of the cluster is
// what an object store has, encrypted; the workers' pods serve on all the time.
import { request } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { expect } from "vitest";
import { labDir } from "../../harness/base/paths.ts";
import { until } from "../../harness/base/until.ts";
import { readLabFile } from "../../harness/lab/lab-file.ts";
import { openWorld } from "../../harness/lab/open-world.ts";
import type { World } from "../../harness/lab/world.ts";
import { Ledger } from "../../harness/safety/ledger.ts";
import { startS3Server, type S3Server } from "../s3/versitygw.ts";
import { allReady, controlPlanes } from "./control.ts";
import { kubedrill, proofLab, test } from "./kubedrill.ts";
import { namespace, openShop, shop, usual } from "./shop.ts";

const limitMs = 20 * 60_000;
const onLab = ["--name", proofLab];
const bucket = "backups";

test(
  "control planes that are gone with their disks come back from the object store alone, and users feel nothing",
  { timeout: limitMs },
  async ({ world }) => {
    const folder = await mkdtemp(join(tmpdir(), "kubedrill-proof-"));
    const server = await startS3Server(join(folder, "server"));
    const lost = controlPlanes(world);
    try {
      await openShop(world, usual);
      await onWorkersOnly(world);
      const before = await shop(world);
      const store = await keepInStore(server, folder);
      const containers = await containersOf(world);

      const users = useShop(world);
      await ok(["lab", "replace", ...lost, ...onLab]);
      const pulled = join(folder, "pulled");
      await ok([
        "snapshot",
        "pull",
        store.name,
        ...onLab,
        "--store",
        pulled,
        ...store.place,
        ...store.identity,
      ]);
      const restore = ["snapshot", "restore", ...onLab, "--store", pulled];
      const shown = await ok([...restore, "--dry-run"]);
      expect(shown).toContain("control planes with nothing on them");
      const started = performance.now();
      const restored = await ok(restore);
      expect(restored).toContain("proven: 3 members, one cluster");
      const seconds = (performance.now() - started) / 1000;
      const felt = await users.end();
      process.stdout.write(
        `restored from the store alone in ${seconds.toFixed(1)} s; ${String(felt.requests)} requests meanwhile, ${String(felt.failed)} failed\n`,
      );

      const rebuilt = await openWorld(await readLabFile(join(labDir(proofLab), "lab.yaml")));
      try {
        await allReady(rebuilt);
        expect(await shop(rebuilt)).toEqual(before);
        expect(await containersOf(rebuilt)).toEqual(containers);
      } finally {
        await rebuilt.close();
      }
      expect(felt.requests).toBeGreaterThan(50);
      expect(felt.failed).toBe(0);
      expect(new Ledger(proofLab).pending()).toEqual([]);
      // As good as before: it can be restored again, as a cluster that has its control planes.
      const again = await ok([...restore, "--dry-run"]);
      expect(again).toContain("every member's folder is swapped");
    } finally {
      await server.stop();
      await rm(folder, { recursive: true });
      const reset = await kubedrill(["lab", "reset", ...onLab]);
      expect(reset.exitCode, reset.all).toBe(0);
    }
  },
);

test(
  "machines of which only some have nothing are left alone; a machine that the lab does not have is not replaced",
  { timeout: limitMs },
  async ({ world }) => {
    const folder = await mkdtemp(join(tmpdir(), "kubedrill-proof-"));
    try {
      await ok(["snapshot", "save", ...onLab, "--store", folder]);
      const [first = ""] = controlPlanes(world);
      const stranger = await kubedrill(["lab", "replace", "cp9", ...onLab]);
      expect(stranger.exitCode, stranger.all).toBe(2);
      expect(stranger.all).toContain("has no machine cp9");
      await ok(["lab", "replace", first, ...onLab]);
      const refused = await kubedrill(["snapshot", "restore", ...onLab, "--store", folder]);
      expect(refused.exitCode, refused.all).toBe(2);
      expect(refused.all).toContain(`${first} has no control plane`);
      expect(new Ledger(proofLab).pending()).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
      const reset = await kubedrill(["lab", "reset", ...onLab]);
      expect(reset.exitCode, reset.all).toBe(0);
    }
  },
);

async function ok(args: string[]): Promise<string> {
  const run = await kubedrill(args);
  expect(run.exitCode, run.all).toBe(0);
  return run.all;
}

/** Takes a snapshot, encrypts it into the store, and forgets it here. */
async function keepInStore(server: S3Server, folder: string) {
  const { endpoint, credentials } = server;
  const client = new S3Client({ endpoint, credentials, region: "us-east-1", forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  const keys = join(folder, "credentials");
  await writeFile(
    keys,
    `aws_access_key_id = ${credentials.accessKeyId}\naws_secret_access_key = ${credentials.secretAccessKey}\n`,
    { mode: 0o600 },
  );
  const identity = await generateIdentity();
  const identityFile = join(folder, "identity");
  await writeFile(identityFile, `${identity}\n`, { mode: 0o600 });
  const place = ["--remote", `s3://${bucket}/lab`, "--endpoint", endpoint, "--credentials", keys];
  const local = join(folder, "local");
  await ok(["snapshot", "save", ...onLab, "--store", local]);
  await ok([
    ...["snapshot", "push", ...onLab, "--store", local, ...place],
    ...["--recipient", await identityToRecipient(identity)],
  ]);
  const listed = await ok(["snapshot", "list", ...onLab, "--store", local]);
  await rm(local, { recursive: true });
  return { name: listed.split(" ")[0] ?? "", place, identity: ["--identity", identityFile] };
}

async function onWorkersOnly(world: World): Promise<void> {
  const term = { key: "node-role.kubernetes.io/control-plane", operator: "DoesNotExist" };
  await world.kube.main.raw("PATCH", `/apis/apps/v1/namespaces/${namespace}/deployments/shop`, {
    timeoutMs: 10_000,
    contentType: "application/merge-patch+json",
    body: {
      spec: {
        template: {
          spec: {
            affinity: {
              nodeAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: {
                  nodeSelectorTerms: [{ matchExpressions: [term] }],
                },
              },
            },
          },
        },
      },
    },
  });
  await until(
    async () => {
      const { status, metadata } = await world.kube.main.apps.readNamespacedDeployment({
        name: "shop",
        namespace,
      });
      return (
        status?.observedGeneration === metadata?.generation &&
        status?.updatedReplicas === usual.replicas &&
        status.readyReplicas === usual.replicas &&
        status.replicas === usual.replicas
      );
    },
    { what: "the shop to be on workers only", timeoutMs: 120_000, intervalMs: 500 },
  );
}

/** What runs on the workers, as their runtimes say. */
async function containersOf(world: World): Promise<string[]> {
  const workers = world.machines.filter((each) => each.role === "worker");
  const lists = await Promise.all(
    workers.map(async ({ name, shell }) => {
      const { stdout } = await shell.run("crictl ps -q --label io.kubernetes.pod.namespace=shop | sort", {
        timeoutMs: 20_000,
      });
      return `${name}: ${stdout.trim().split("\n").join(" ")}`;
    }),
  );
  expect(lists.join()).toMatch(/[0-9a-f]{12}/);
  return lists;
}

/** Asks five times a second, through a worker's own ingress controller. */
function useShop(world: World) {
  const entrance = world.machines.find((each) => each.role === "worker")?.address ?? "";
  const felt = { requests: 0, failed: 0 };
  const over = new AbortController();
  const ask = () =>
    new Promise<boolean>((resolve) => {
      const sent = request(
        {
          host: entrance,
          port: 80,
          path: "/",
          headers: { host: "shop.example" },
          timeout: 2000,
          agent: false,
        },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode === 200);
        },
      );
      sent.on("timeout", () => sent.destroy());
      sent.on("error", () => {
        resolve(false);
      });
      sent.end();
    });
  const asking = (async () => {
    while (!over.signal.aborted) {
      const good = await ask();
      felt.requests += 1;
      if (!good) felt.failed += 1;
      await pause(200);
    }
  })();
  return {
    async end() {
      over.abort();
      await asking;
      return felt;
    },
  };
}
