// Snapshots off this host and back, against a real S3-compatible store; no lab is needed.
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { s3Target } from "../../harness/recovery/remote/credentials.ts";
import { pullSnapshot, pushSnapshot, remoteSnapshots } from "../../harness/recovery/remote/move.ts";
import { S3Store } from "../../harness/recovery/remote/s3.ts";
import { readSnapshot, writeSidecar, type StoredSnapshot } from "../../harness/recovery/snapshot/sidecar.ts";
import { startS3Server, type S3Server } from "./versitygw.ts";

const bucket = "backups";
const part = 16 * 1024 * 1024;
const quiet = { onProgress: () => undefined };
const root = join(import.meta.dirname, "..", "..");

let folder: string;
let server: S3Server;
let client: S3Client;
let store: S3Store;
let prefix: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "kubedrill-s3-"));
  server = await startS3Server(join(folder, "server"));
  const { endpoint, credentials } = server;
  client = new S3Client({ endpoint, credentials, region: "us-east-1", forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
});

afterAll(async () => {
  client.destroy();
  await server.stop();
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  prefix = randomBytes(4).toString("hex");
  store = new S3Store(await s3Target({ remote: `s3://${bucket}/${prefix}`, ...place() }, environment()));
});

function place() {
  return { endpoint: server.endpoint, region: "us-east-1" };
}

function environment() {
  const { accessKeyId, secretAccessKey } = server.credentials;
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}

/** Two parts and a bit of data that nobody has seen before. */
async function snapshot(name: string, takenAt = "2026-03-02T06:00:00.000Z"): Promise<StoredSnapshot> {
  const own = join(folder, "here", prefix, name);
  mkdirSync(own, { recursive: true, mode: 0o700 });
  const write = (file: string, bytes: Buffer) => {
    writeFileSync(join(own, file), bytes, { mode: 0o600 });
    return { sizeBytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
  };
  await writeSidecar(own, {
    schema: 1,
    takenAt,
    lab: "a",
    clusterUid: "a",
    kubernetesVersion: "v1.35.8",
    etcd: {
      version: "3.6.6",
      member: "cp1",
      hash: "1",
      revision: 9,
      totalKeys: 9,
      ...write("etcd.db", randomBytes(2 * part + 100_000)),
    },
    kubeadmConfig: { file: "kubeadm-config.yaml", ...write("kubeadm-config.yaml", Buffer.from("a: 1\n")) },
    controlPlanes: [{ machine: "cp1", file: "cp1.tar.gz", ...write("cp1.tar.gz", randomBytes(5000)) }],
    etcdMachines: [],
  });
  return readSnapshot(own);
}

function same(a: StoredSnapshot, b: StoredSnapshot): boolean {
  const files = readdirSync(a.folder);
  return (
    JSON.stringify(files) === JSON.stringify(readdirSync(b.folder)) &&
    files.every((each) => readFileSync(join(a.folder, each)).equals(readFileSync(join(b.folder, each))))
  );
}

describe("a snapshot in a store", () => {
  it("comes back as it was, and is not sent twice", async () => {
    const taken = await snapshot("one");
    expect(await pushSnapshot(store, taken, [], quiet)).toBe(4);
    expect(await pushSnapshot(store, taken, [], quiet)).toBe(0);
    expect(await remoteSnapshots(store)).toEqual([{ name: "one", sidecar: taken.sidecar }]);
    const back = await pullSnapshot(store, "one", join(folder, "back", prefix), [], quiet);
    expect(same(taken, back)).toBe(true);
  });

  it("goes on where its upload was broken off", async () => {
    const taken = await snapshot("two");
    const Key = `${prefix}/two/etcd.db`;
    const data = readFileSync(join(taken.folder, "etcd.db"));
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({
        Bucket: bucket,
        Key,
        Metadata: { "kubedrill-sha256": taken.sidecar.etcd.sha256 },
      }),
    );
    const first = new UploadPartCommand({
      Bucket: bucket,
      Key,
      UploadId,
      PartNumber: 1,
      Body: data.subarray(0, part),
    });
    await client.send(first);
    const sent: number[] = [];
    // What is asked of the store is seen by counting on the way.
    const counting = vi.spyOn(S3Client.prototype, "send");
    try {
      await pushSnapshot(store, taken, [], quiet);
      for (const [command] of counting.mock.calls)
        if (command instanceof UploadPartCommand) sent.push(command.input.PartNumber ?? 0);
    } finally {
      counting.mockRestore();
    }
    expect(sent).toEqual([2, 3]);
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    expect(Uploads.filter((each) => each.Key === Key)).toEqual([]);
    const back = await pullSnapshot(store, "two", join(folder, "back", prefix), [], quiet);
    expect(same(taken, back)).toBe(true);
  });

  it("is sent anew when what was broken off was another file of that name", async () => {
    const taken = await snapshot("three");
    const Key = `${prefix}/three/etcd.db`;
    await client.send(
      new CreateMultipartUploadCommand({ Bucket: bucket, Key, Metadata: { "kubedrill-sha256": "other" } }),
    );
    await pushSnapshot(store, taken, [], quiet);
    const back = await pullSnapshot(store, "three", join(folder, "back", prefix), [], quiet);
    expect(same(taken, back)).toBe(true);
  });

  it("is encrypted for its recipients: nobody else has it, they have it back", async () => {
    const identity = await generateX25519Identity();
    const taken = await snapshot("four");
    await pushSnapshot(store, taken, [await identityToRecipient(identity)], quiet);
    expect(readdirSync(taken.folder).filter((each) => each.endsWith(".age"))).toEqual([]);
    const keys = (await store.list("four/")).map((each) => each.key).sort();
    expect(keys).toEqual([
      "four/cp1.tar.gz.age",
      "four/etcd.db.age",
      "four/kubeadm-config.yaml.age",
      "four/snapshot.json",
    ]);
    const into = join(folder, "back", prefix);
    await expect(pullSnapshot(store, "four", into, [], quiet)).rejects.toThrow("four is encrypted");
    const stranger = await generateX25519Identity();
    await expect(pullSnapshot(store, "four", into, [stranger], quiet)).rejects.toThrow("cannot be decrypted");
    expect(readdirSync(into)).toEqual([]);
    expect(same(taken, await pullSnapshot(store, "four", into, [identity], quiet))).toBe(true);
  });

  it("that was changed there is not taken", async () => {
    const taken = await snapshot("five");
    await pushSnapshot(store, taken, [], quiet);
    const Metadata = { "kubedrill-sha256": taken.sidecar.etcd.sha256 };
    const Body = readFileSync(join(taken.folder, "etcd.db"));
    Body[4711] = (Body[4711] ?? 0) ^ 1;
    await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: `${prefix}/five/etcd.db`, Body, Metadata }),
    );
    const into = join(folder, "back", prefix);
    await expect(pullSnapshot(store, "five", into, [], quiet)).rejects.toThrow("another checksum");
    expect(readdirSync(into)).toEqual([]);
  });

  it("cannot be seen there before it is whole", async () => {
    const taken = await snapshot("six");
    rmSync(join(taken.folder, "cp1.tar.gz"));
    await expect(pushSnapshot(store, taken, [], quiet)).rejects.toThrow();
    expect(await remoteSnapshots(store)).toEqual([]);
  });
});

describe("a store", () => {
  it("that refuses the key pair, or is not there, is told in a sentence", async () => {
    const wrong = { ...environment(), AWS_SECRET_ACCESS_KEY: "wrong" };
    const closed = new S3Store(await s3Target({ remote: `s3://${bucket}`, ...place() }, wrong));
    await expect(closed.list("")).rejects.toThrow(/bucket backups: SignatureDoesNotMatch/);
    const nobody = { remote: `s3://${bucket}`, endpoint: "http://127.0.0.1:9", region: "us-east-1" };
    await expect(new S3Store(await s3Target(nobody, environment())).list("")).rejects.toThrow("ECONNREFUSED");
    const none = { remote: "s3://no-such-bucket", ...place() };
    await expect(new S3Store(await s3Target(none, environment())).list("")).rejects.toThrow("NoSuchBucket");
  });
});

describe("the command line", () => {
  it("pushes, lists, pulls and thins out, with a key pair from a file for its owner only", async () => {
    const keys = join(folder, `keys-${prefix}`);
    const { accessKeyId, secretAccessKey } = server.credentials;
    writeFileSync(
      keys,
      `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
      { mode: 0o600 },
    );
    await snapshot("old", "2026-01-01T00:00:00.000Z");
    await snapshot("new", "2026-03-01T00:00:00.000Z");
    const here = join(folder, "here", prefix);
    const remote = [
      "--remote",
      `s3://${bucket}/${prefix}`,
      "--endpoint",
      server.endpoint,
      "--credentials",
      keys,
    ];
    const run = (...args: string[]) =>
      execa(process.execPath, [join(root, "harness", "cli", "main.ts"), "snapshot", ...args], {
        all: true,
        reject: false,
        env: { KUBEDRILL_STATE: join(folder, "state") },
        extendEnv: true,
      });
    for (const name of ["old", "new"]) {
      const pushed = await run("push", join(here, name), ...remote);
      expect(pushed.exitCode, pushed.all).toBe(0);
      expect(pushed.all).not.toContain(secretAccessKey);
    }
    const listed = await run("list", ...remote);
    expect(listed.stdout.split("\n").map((each) => each.split(" ")[0])).toEqual(["old", "new"]);
    const thin = ["--keep-last", "1", "--keep-daily", "0", "--keep-weekly", "0"];
    expect((await run("prune", ...thin, ...remote)).stdout).toBe("deleted old\nkept 1 of 2");
    const into = join(folder, "pulled", prefix);
    const pulled = await run("pull", "new", "--store", into, ...remote);
    expect(pulled.exitCode, pulled.all).toBe(0);
    expect(readdirSync(into)).toEqual(["new"]);

    chmodSync(keys, 0o644);
    const open = await run("list", ...remote);
    expect(open.exitCode, open.all).toBe(2);
    expect(open.all).toContain("can be read by others (mode 644)");
    const nowhere = await run("list", "--remote", "backups");
    expect(nowhere.exitCode).toBe(2);
    expect(nowhere.all).toContain("backups names no bucket");
  });
});
