// Whether a snapshot can be restored: in a folder of its own on a control plane, into an etcd that nobody else knows,
// whose keys are then read. The cluster's own etcd is not touched.
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { messageOf } from "../../base/errors.ts";
import type { Machine, World } from "../../lab/world.ts";
import { undoEntry } from "../../safety/heal.ts";
import type { Ledger } from "../../safety/ledger.ts";
import { scratchEntry } from "../../safety/scratch.ts";
import { withEtcdTools } from "../etcd-tools.ts";
import { sendFile } from "../../shell/transfer.ts";
import { dataFile, type StoredSnapshot } from "./sidecar.ts";
import type { Finding } from "./verify-files.ts";

/** For one of etcd's tools, or the start of an etcd. */
const stepLimitMs = 5 * 60_000;

/** @throws KubedrillError (unhealed) when what it made on the machine cannot be taken away */
export async function verifyByRestore(
  world: World,
  ledger: Ledger,
  machine: Machine,
  snapshot: StoredSnapshot,
  signal?: AbortSignal,
): Promise<Finding[]> {
  const id = randomUUID();
  const path = `/var/lib/kubedrill/verify-${id}`;
  const container = `kubedrill-verify-${id}`;
  const entry = scratchEntry(`verify/${id}`, { machine: machine.name, path, container });
  ledger.open(entry);
  const what = `it can be restored, and its keys can be read (on ${machine.name})`;
  try {
    return [{ what, wrong: await tryOut(world, machine, snapshot, path, container, signal) }];
  } catch (error) {
    signal?.throwIfAborted();
    return [{ what, wrong: messageOf(error) }];
  } finally {
    await undoEntry(world, ledger, entry);
  }
}

async function tryOut(
  world: World,
  machine: Machine,
  { folder, sidecar }: StoredSnapshot,
  path: string,
  container: string,
  signal?: AbortSignal,
): Promise<string | null> {
  await machine.shell.run(`umask 077; mkdir -p ${path}`, { timeoutMs: 10_000, signal });
  await sendFile(machine, join(folder, dataFile), `${path}/${dataFile}`, signal);
  const run = (script: string) =>
    machine.shell.run(withEtcdTools(world.file, path, script), { timeoutMs: stepLimitMs, signal });
  await run(`etcdutl snapshot restore ${path}/${dataFile} --data-dir ${path}/data >/dev/null 2>&1`);
  const { stdout } = await run(readingScript(path, container));
  const [revision] = numbersOf(stdout, "Revision");
  const count = numbersOf(stdout, "Count").at(-1);
  if (revision === undefined || count === undefined) return "the restored etcd did not say what it has";
  if (revision !== sidecar.etcd.revision)
    return `the restored etcd is at revision ${String(revision)}, the snapshot at ${String(sidecar.etcd.revision)}`;
  if (count === 0) return "the restored etcd has no key under /registry: it is not a cluster's";
  return null;
}

/** What `etcdctl -w fields` says under a name, one answer after the other. */
function numbersOf(text: string, name: string): number[] {
  return [...text.matchAll(new RegExp(`^"${name}" : (\\d+)$`, "gm"))].map((each) => Number(each[1]));
}

/**
 * Listens on sockets in the folder only, so nobody but root can come in, and no port is taken. etcd wants a host and a
 * port in each URL, so a socket is named by them, in the folder where the process stands. The peers' socket is needed
 * by etcd and used by nobody.
 */
function readingScript(path: string, container: string): string {
  const client = "unix://client.sock:0";
  const peer = "unix://peer.sock:0";
  return `cd ${path}
start_etcd ${container} --data-dir ${path}/data --listen-client-urls ${client} --advertise-client-urls ${client} --listen-peer-urls ${peer} --initial-advertise-peer-urls ${peer} --initial-cluster default=${peer} --unsafe-no-fsync --logger zap --log-level error
ask() { tool etcdctl --endpoints=${client} --dial-timeout=1s --command-timeout="$2" get "$1" --prefix --count-only -w fields; }
for i in $(seq 30); do ask "" 2s >/dev/null 2>&1 && break; sleep 0.5; done
ask "" 20s
ask /registry/ 20s`;
}
