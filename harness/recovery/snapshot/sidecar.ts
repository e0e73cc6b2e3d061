// A snapshot on this host: a folder with etcd's data, the configuration of its machines, and a file that says
// what they are. All of it holds the cluster's secrets: folders are 0700, files 0600.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { messageOf, usageError } from "../../base/errors.ts";
import { stateDir } from "../../base/paths.ts";

export const dataFile = "etcd.db";
export const sidecarFile = "snapshot.json";
/** A folder whose name ends so was never finished. */
export const unfinished = ".unfinished";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** The configuration of a machine. */
const archive = z.strictObject({
  machine: z.string(),
  /** Beside this one. */
  file: z.string(),
  sizeBytes: z.int(),
  sha256,
});

export const sidecarSchema = z.strictObject({
  schema: z.literal(1),
  /** UTC. */
  takenAt: z.iso.datetime(),
  lab: z.string(),
  clusterUid: z.string(),
  kubernetesVersion: z.string(),
  etcd: z.strictObject({
    version: z.string(),
    /** Machine of the member that gave it. */
    member: z.string(),
    /** etcd's own hash over all keys, hexadecimal, as `etcdutl snapshot status` prints it. */
    hash: z.string(),
    revision: z.int(),
    totalKeys: z.int(),
    sizeBytes: z.int(),
    sha256,
  }),
  /** kubeadm's ClusterConfiguration, by which machines are made and upgraded; null: the cluster has none. */
  kubeadmConfig: z.strictObject({ file: z.string(), sizeBytes: z.int(), sha256 }).nullable().default(null),
  controlPlanes: z.array(archive),
  /** Of machines that have a member of etcd and no control plane. */
  etcdMachines: z.array(archive).default([]),
});

/** What was kept of machines. */
export function archivesIn({
  controlPlanes,
  etcdMachines,
}: Pick<Sidecar, "controlPlanes" | "etcdMachines">): z.output<typeof archive>[] {
  return [...controlPlanes, ...etcdMachines];
}

export type Sidecar = z.output<typeof sidecarSchema>;

export interface StoredSnapshot {
  name: string;
  folder: string;
  sidecar: Sidecar;
}

/** Where snapshots of a lab are kept unless another folder is named. */
export function snapshotsDir(lab: string): string {
  return join(stateDir(), "snapshots", lab);
}

export async function writeSidecar(folder: string, sidecar: Sidecar): Promise<void> {
  await writeFile(join(folder, sidecarFile), `${JSON.stringify(sidecar, null, 2)}\n`, { mode: 0o600 });
}

/** @throws KubedrillError (usage) when there is none, or it says something else than it should */
export async function readSnapshot(folder: string): Promise<StoredSnapshot> {
  const path = join(folder, sidecarFile);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw usageError(`${folder} is no snapshot: ${messageOf(error)}.`, {
      cause: error,
      hint: "kubedrill snapshot list shows those that are there",
    });
  }
  return { name: basename(folder), folder, sidecar: parseSidecar(text, path) };
}

/** @param origin what the error calls it @throws KubedrillError (usage) with the place */
export function parseSidecar(text: string, origin: string): Sidecar {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw usageError(`${origin} is no description of a snapshot: ${messageOf(error)}.`, { cause: error });
  }
  const result = sidecarSchema.safeParse(raw);
  if (!result.success) {
    const [first] = result.error.issues;
    throw usageError(`${origin} is wrong at ${first?.path.join(".") ?? "the top"}: ${first?.message ?? ""}.`);
  }
  return result.data;
}

/** Those in a folder, the oldest first; what is unfinished or no snapshot is left out. */
export async function listSnapshots(store: string): Promise<StoredSnapshot[]> {
  const names = await readdir(store).catch(() => []);
  const found = await Promise.all(
    names
      .filter((each) => !each.endsWith(unfinished))
      .map((each) => readSnapshot(join(store, each)).catch(() => null)),
  );
  return found
    .filter((each) => each !== null)
    .sort((a, b) => a.sidecar.takenAt.localeCompare(b.sidecar.takenAt));
}
