// Takes a snapshot of etcd and of its machines' configuration, and brings both to this host.
import { chmod, mkdir, rename, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { inconclusiveError, messageOf, usageError } from "../../base/errors.ts";
import { sha256OfFile } from "../../base/sha256.ts";
import { readClusterUid } from "../../lab/read-topology.ts";
import type { Machine, World } from "../../lab/world.ts";
import { undoEntry } from "../../safety/heal.ts";
import type { Ledger } from "../../safety/ledger.ts";
import { scratchEntry } from "../../safety/scratch.ts";
import { withEtcdTools } from "../etcd-tools.ts";
import { fetchFile, lookAtFile } from "../../shell/transfer.ts";
import { packScript } from "./configuration.ts";
import { candidatesOf, pickMember, type Candidate } from "./pick-member.ts";
import {
  dataFile,
  readSnapshot,
  unfinished,
  writeSidecar,
  type Sidecar,
  type StoredSnapshot,
} from "./sidecar.ts";

export interface SaveOrder {
  /** Machine of the member to take it from; default: the one that is best for it. */
  member?: string | undefined;
  /** Folder on this host in which the snapshot's folder is made. */
  store: string;
  onProgress: (line: string) => void;
  signal?: AbortSignal;
}

/** For etcd to write it and for its tools to look at it. */
const saveLimitMs = 10 * 60_000;
/** Beside the data: archives, and room for the system. */
const spareBytes = 256 * 1024 * 1024;

/**
 * Whole or not at all: the folder gets its name when everything in it is on the disk.
 * @throws KubedrillError (usage) when no member is well or there is no room, before anything is touched
 */
export async function saveSnapshot(world: World, ledger: Ledger, order: SaveOrder): Promise<StoredSnapshot> {
  const { store, onProgress, signal } = order;
  const chosen = pickMember(await candidatesOf(world), order.member);
  const machine = world.machine(chosen.machine);
  const takenAt = new Date().toISOString();
  const name = `${takenAt.slice(0, 19).replaceAll(":", "")}Z`;
  const partial = join(store, `${name}${unfinished}`);
  await refuseWithoutRoom(machine, chosen, store);
  await mkdir(store, { recursive: true, mode: 0o700 });
  await mkdir(partial, { mode: 0o700 });
  try {
    onProgress(`taking etcd's data from ${machine.name}${chosen.leader ? ", the leader" : ""}`);
    const etcd = await withScratch(world, ledger, machine, async (folder) => ({
      version: chosen.version,
      member: machine.name,
      ...(await saveData(world, machine, folder, join(partial, dataFile), signal)),
    }));
    const packedOf = async (role: Machine["role"]) => {
      const packed: Sidecar["controlPlanes"] = [];
      for (const each of world.everyMachine.filter((machine) => machine.role === role)) {
        onProgress(`packing the configuration of ${each.name}`);
        packed.push(await withScratch(world, ledger, each, (folder) => pack(each, folder, partial, signal)));
      }
      return packed;
    };
    await writeSidecar(partial, {
      schema: 1,
      takenAt,
      lab: world.file.name,
      ...(await clusterOf(world)),
      etcd,
      kubeadmConfig: await saveKubeadmConfig(world, partial),
      controlPlanes: await packedOf("control-plane"),
      etcdMachines: await packedOf("etcd"),
    });
    await rename(partial, join(store, name));
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
  return readSnapshot(join(store, name));
}

async function refuseWithoutRoom(machine: Machine, { dbSizeBytes }: Candidate, store: string): Promise<void> {
  // Written once, and once more when it is verified by a restore.
  const needed = 2 * dbSizeBytes + spareBytes;
  const tell = (where: string, free: number) =>
    usageError(
      `${where} has ${String(Math.floor(free / 2 ** 20))} MiB free, a snapshot needs ${String(Math.ceil(needed / 2 ** 20))}; nothing was touched.`,
    );
  const { stdout } = await machine.shell.run("df -Pk /var/lib | awk 'NR == 2 { print $4 }'", {
    timeoutMs: 10_000,
  });
  const there = Number(stdout.trim()) * 1024;
  if (there < needed) throw tell(`/var/lib of ${machine.name}`, there);
  await mkdir(store, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw usageError(`The folder ${store} cannot be made: ${messageOf(error)}.`, { cause: error });
  });
  await chmod(store, 0o700);
  const { bavail, bsize } = await statfs(store);
  if (bavail * bsize < needed) throw tell(store, bavail * bsize);
}

/** Runs with a folder on a machine that is there only as long, whatever happens. */
async function withScratch<T>(
  world: World,
  ledger: Ledger,
  machine: Machine,
  body: (folder: string) => Promise<T>,
): Promise<T> {
  const id = randomUUID();
  const path = `/var/lib/kubedrill/snapshot-${id}`;
  const entry = scratchEntry(`snapshot/${id}`, { machine: machine.name, path, container: null });
  ledger.open(entry);
  try {
    await machine.shell.run(`umask 077; mkdir -p ${path}`, { timeoutMs: 10_000 });
    return await body(path);
  } finally {
    await undoEntry(world, ledger, entry);
  }
}

const status = z.object({ hash: z.int(), revision: z.int(), totalKey: z.int() });

async function saveData(
  world: World,
  machine: Machine,
  folder: string,
  to: string,
  signal?: AbortSignal,
): Promise<Pick<Sidecar["etcd"], "hash" | "revision" | "totalKeys" | "sizeBytes" | "sha256">> {
  const path = `${folder}/${dataFile}`;
  const script = `etcdctl --command-timeout=300s snapshot save ${path} >/dev/null && etcdutl snapshot status ${path} -w json`;
  const { stdout } = await machine.shell.run(withEtcdTools(world.file, folder, script), {
    timeoutMs: saveLimitMs,
    signal,
  });
  const line = stdout.split("\n").find((each) => each.startsWith("{")) ?? "";
  const found = status.safeParse(jsonOf(line));
  if (!found.success)
    throw inconclusiveError(
      `etcd's tools on ${machine.name} did not tell what is in the snapshot: ${line.slice(0, 200)}`,
    );
  const remote = await lookAtFile(machine, path, signal);
  await fetchFile(machine, remote, to, signal);
  const { hash, revision, totalKey } = found.data;
  return {
    hash: (hash >>> 0).toString(16),
    revision,
    totalKeys: totalKey,
    sizeBytes: remote.sizeBytes,
    sha256: remote.sha256,
  };
}

async function pack(
  machine: Machine,
  folder: string,
  partial: string,
  signal?: AbortSignal,
): Promise<Sidecar["controlPlanes"][number]> {
  const archive = `${folder}/configuration.tar.gz`;
  await machine.shell.run(packScript(archive), { timeoutMs: 60_000, signal });
  const remote = await lookAtFile(machine, archive, signal);
  const file = `${machine.name}.tar.gz`;
  await fetchFile(machine, remote, join(partial, file), signal);
  return { machine: machine.name, file, sizeBytes: remote.sizeBytes, sha256: remote.sha256 };
}

/** It is in etcd's data too, but who has to make a machine anew wants to read it. */
async function saveKubeadmConfig(world: World, partial: string): Promise<Sidecar["kubeadmConfig"]> {
  const path = "/api/v1/namespaces/kube-system/configmaps/kubeadm-config";
  const found = await world.kube.main.raw("GET", path, { timeoutMs: 10_000, okStatus: [404] });
  if (found === undefined) return null;
  const { data } = z.object({ data: z.object({ ClusterConfiguration: z.string() }) }).parse(found);
  const file = "kubeadm-config.yaml";
  await writeFile(join(partial, file), data.ClusterConfiguration, { mode: 0o600 });
  return {
    file,
    sizeBytes: Buffer.byteLength(data.ClusterConfiguration),
    sha256: await sha256OfFile(join(partial, file)),
  };
}

async function clusterOf(world: World): Promise<Pick<Sidecar, "clusterUid" | "kubernetesVersion">> {
  const version = z
    .object({ gitVersion: z.string() })
    .parse(await world.kube.main.raw("GET", "/version", { timeoutMs: 10_000 }));
  return { clusterUid: await readClusterUid(world), kubernetesVersion: version.gitVersion };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
