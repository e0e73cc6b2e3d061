import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSnapshot, writeSidecar, type Sidecar, type StoredSnapshot } from "./sidecar.ts";
import { verifyFiles } from "./verify-files.ts";

const needed = ["etc/kubernetes/pki/ca.crt", "etc/kubernetes/pki/ca.key"];
let folder: string;
let snapshot: StoredSnapshot;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "kubedrill-snapshot-"));
  chmodSync(folder, 0o700);
  // As `etcdctl snapshot save` leaves it: pages, and their checksum behind them.
  const pages = Buffer.alloc(4096, 7);
  writeFileSync(
    join(folder, "etcd.db"),
    Buffer.concat([pages, createHash("sha256").update(pages).digest()]),
    {
      mode: 0o600,
    },
  );
  await pack("cp1.tar.gz", needed);
  await seal();
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function pack(archive: string, paths: readonly string[]): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "kubedrill-root-"));
  for (const path of paths) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), path);
  }
  await execa("tar", ["-czf", join(folder, archive), "-C", root, "etc"]);
  rmSync(root, { recursive: true });
}

/** Writes down what is there now. */
async function seal(): Promise<void> {
  const facts = (file: string) => {
    const bytes = readFileSync(join(folder, file));
    return { sizeBytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
  };
  const sidecar: Sidecar = {
    schema: 1,
    takenAt: "2026-03-02T06:00:00.000Z",
    lab: "a",
    clusterUid: "a",
    kubernetesVersion: "v1.35.8",
    etcd: { version: "3.6.6", member: "cp1", hash: "1", revision: 9, totalKeys: 9, ...facts("etcd.db") },
    kubeadmConfig: null,
    controlPlanes: [{ machine: "cp1", file: "cp1.tar.gz", ...facts("cp1.tar.gz") }],
    etcdMachines: [],
  };
  await writeSidecar(folder, sidecar);
  snapshot = await readSnapshot(folder);
}

async function wrongs(): Promise<string> {
  const findings = await verifyFiles(snapshot, () => needed);
  return findings.flatMap((each) => each.wrong ?? []).join("\n");
}

describe("the files of a snapshot", () => {
  it("are whole when nothing was done to them", async () => {
    expect(await wrongs()).toBe("");
  });

  it("are not when one bit was flipped, even if the checksum beside them was mended", async () => {
    const data = readFileSync(join(folder, "etcd.db"));
    data[100] = 6;
    writeFileSync(join(folder, "etcd.db"), data);
    expect(await wrongs()).toContain("has another checksum than when it was taken");
    await seal();
    expect(await wrongs()).toContain("is damaged: etcd's checksum at its end is another");
  });

  it("are not when the end is missing, even if size and checksum beside them were mended", async () => {
    truncateSync(join(folder, "etcd.db"), 2048);
    expect(await wrongs()).toContain("has 2048 bytes instead of 4128");
    await seal();
    expect(await wrongs()).toContain("carries no checksum of etcd");
  });

  it("must be complete, and what is missing is named", async () => {
    await pack("cp1.tar.gz", ["etc/kubernetes/pki/ca.crt"]);
    await seal();
    expect(await wrongs()).toBe("missing: etc/kubernetes/pki/ca.key");
  });

  it("must not be open to others", async () => {
    chmodSync(join(folder, "etcd.db"), 0o644);
    expect(await wrongs()).toContain("has mode 644, and holds every secret of the cluster");
  });

  it("that are gone are told", async () => {
    rmSync(join(folder, "cp1.tar.gz"));
    expect(await wrongs()).toContain("ENOENT");
  });
});

describe("what stands beside a snapshot", () => {
  it("is refused with its place when it is wrong", async () => {
    writeFileSync(join(folder, "snapshot.json"), JSON.stringify({ ...snapshot.sidecar, clusterUid: 7 }));
    await expect(readSnapshot(folder)).rejects.toThrow("is wrong at clusterUid");
    writeFileSync(join(folder, "snapshot.json"), "{");
    await expect(readSnapshot(folder)).rejects.toThrow("is no description of a snapshot");
  });
});
