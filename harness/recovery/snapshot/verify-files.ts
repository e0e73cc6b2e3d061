// Whether a snapshot on this host is whole, and complete enough to rebuild a machine from: by what is in its files.
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { messageOf } from "../../base/errors.ts";
import { sha256OfFile } from "../../base/sha256.ts";
import { archivesIn, dataFile, type StoredSnapshot } from "./sidecar.ts";

export interface Finding {
  what: string;
  /** Why it is not so; null: it is. */
  wrong: string | null;
}

/** bbolt's pages are a multiple of it; what is over is the checksum that etcd puts behind the data. */
const sectorBytes = 512;
const checksumBytes = 32;

/** @param needed paths that must be in the archive of a machine */
export async function verifyFiles(
  { folder, sidecar }: StoredSnapshot,
  needed: (machine: string) => readonly string[],
): Promise<Finding[]> {
  const { etcd, kubeadmConfig } = sidecar;
  const data = join(folder, dataFile);
  return [
    { what: "etcd's data is what was taken", wrong: await changed(data, etcd) },
    { what: "etcd's own checksum agrees", wrong: await tornBy(data) },
    ...(kubeadmConfig === null
      ? []
      : [
          {
            what: "kubeadm's configuration is what was taken",
            wrong: await changed(join(folder, kubeadmConfig.file), kubeadmConfig),
          },
        ]),
    { what: "only its owner can read it", wrong: await readableByOthers([folder, data]) },
    ...(await Promise.all(
      archivesIn(sidecar).map(async (each) => {
        const path = join(folder, each.file);
        const wrong = (await changed(path, each)) ?? (await lacks(path, needed(each.machine)));
        return { what: `the configuration of ${each.machine} is complete`, wrong };
      }),
    )),
  ];
}

async function changed(path: string, was: { sizeBytes: number; sha256: string }): Promise<string | null> {
  try {
    const { size } = await stat(path);
    if (size !== was.sizeBytes)
      return `${path} has ${String(size)} bytes instead of ${String(was.sizeBytes)}`;
    return (await sha256OfFile(path)) === was.sha256
      ? null
      : `${path} has another checksum than when it was taken`;
  } catch (error) {
    return messageOf(error);
  }
}

/**
 * `etcdctl snapshot save` puts the SHA-256 of the data behind it.
 * Source: etcd documentation, "Disaster recovery", and etcdutl/snapshot/v3_snapshot.go, `hasChecksum`.
 */
async function tornBy(path: string): Promise<string | null> {
  try {
    const { size } = await stat(path);
    if (size % sectorBytes !== checksumBytes)
      return `${path} carries no checksum of etcd: it is cut off, or was copied from a data folder`;
    const sum = await sha256OfFile(path, size - checksumBytes);
    const file = await open(path);
    try {
      const { buffer } = await file.read(Buffer.alloc(checksumBytes), 0, checksumBytes, size - checksumBytes);
      return buffer.toString("hex") === sum
        ? null
        : `${path} is damaged: etcd's checksum at its end is another`;
    } finally {
      await file.close();
    }
  } catch (error) {
    return messageOf(error);
  }
}

async function readableByOthers(paths: readonly string[]): Promise<string | null> {
  try {
    for (const path of paths) {
      const { mode } = await stat(path);
      if ((mode & 0o077) !== 0)
        return `${path} has mode ${(mode & 0o777).toString(8)}, and holds every secret of the cluster`;
    }
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

async function lacks(archive: string, needed: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await execa("tar", ["-tzf", archive], { timeout: 60_000 });
    const there = new Set(stdout.split("\n").map((each) => each.replace(/^\.?\//, "")));
    const missing = needed.filter((each) => !there.has(each));
    return missing.length === 0 ? null : `missing: ${missing.join(", ")}`;
  } catch (error) {
    return messageOf(error);
  }
}
