// What must be so before anything is stopped: the snapshot is whole and of this cluster, every machine answers and has
// what the procedure needs. Asks no API, because there may be none.
import { join } from "node:path";
import { inconclusiveError, messageOf, usageError } from "../../base/errors.ts";
import type { Machine, World } from "../../lab/world.ts";
import { withEtcdTools } from "../etcd-tools.ts";
import { neededPaths } from "../snapshot/configuration.ts";
import { whyForeign } from "../snapshot/foreign.ts";
import { dataFile, type StoredSnapshot } from "../snapshot/sidecar.ts";
import { verifyFiles, type Finding } from "../snapshot/verify-files.ts";
import { readPlaces, type EtcdPlace } from "./places.ts";
import type { RestoreInput } from "./procedure.ts";

export interface Order {
  snapshot: StoredSnapshot;
  /** Unique to this restore: lower-case letters and digits. */
  id: string;
  /** Of the cluster that is restored; null: its API does not answer and the lab file does not say. */
  clusterUid: string | null;
  maxAgeHours?: number | undefined;
}

/** Beside the data, the restored data and the snapshot. */
const spareBytes = 256 * 1024 * 1024;

/**
 * Everything that a strategy needs to know.
 * @throws KubedrillError (usage) with the first thing that is wrong; nothing was touched
 */
export async function preflight(world: World, order: Order): Promise<RestoreInput> {
  const { snapshot, id } = order;
  const { layout, runtime } = world.file.etcd;
  if (layout !== "stacked")
    throw usageError(
      `kubedrill restores etcd that runs on the control planes; this lab's is ${layout}. Nothing was touched.`,
    );
  const controlPlanes = world.machines.filter((each) => each.role === "control-plane");
  await machinesAnswer(world.machines);
  const places = await readPlaces(controlPlanes, runtime);
  const tools = await toolsOf(world, controlPlanes);
  const older = tools.map((each) => each.version).sort()[0] ?? "";
  const findings = [
    ...whyForeign(
      snapshot.sidecar,
      { clusterUid: order.clusterUid ?? snapshot.sidecar.clusterUid, etcdVersion: older },
      { now: Date.now(), maxAgeHours: order.maxAgeHours },
    ),
    ...(await verifyFiles(snapshot, neededPaths(world))),
    ...(await room(controlPlanes, places, snapshot)),
  ];
  const wrong = findings.find((each) => each.wrong !== null);
  if (wrong !== undefined)
    throw usageError(`This snapshot is not restored: ${wrong.wrong ?? ""}. Nothing was touched.`);
  return {
    id,
    snapshot: join(snapshot.folder, dataFile),
    places,
    others: world.machines.filter((each) => each.role !== "control-plane").map((each) => each.name),
    apiPort: world.file.api.port,
    etcd: world.file.etcd,
    canBump: tools.every((each) => each.canBump),
  };
}

/** One that is off now would come back with old data later. */
async function machinesAnswer(machines: readonly Machine[]): Promise<void> {
  const script = "command -v crictl flock curl systemctl >/dev/null && test -e /etc/kubernetes";
  const silent = await Promise.all(
    machines.map(({ name, shell }) =>
      shell.run(script, { timeoutMs: 15_000 }).then(
        () => [],
        (error: unknown) => [`${name}: ${messageOf(error)}`],
      ),
    ),
  );
  const [first] = silent.flat();
  if (first !== undefined)
    throw usageError(
      `Every machine must be on and have crictl, flock, curl and systemctl; ${first} Nothing was touched.`,
    );
}

interface Tools {
  version: string;
  canBump: boolean;
}

function toolsOf(world: World, controlPlanes: readonly Machine[]): Promise<Tools[]> {
  const script =
    "etcdutl version | sed -n 's/^etcdutl version: //p'; etcdutl snapshot restore --help | grep -c -e '--bump-revision' -e '--mark-compacted' || true";
  return Promise.all(
    controlPlanes.map(async ({ name, shell }) => {
      const { stdout } = await shell
        .run(withEtcdTools(world.file, "/var/lib", script), { timeoutMs: 60_000 })
        .catch((error: unknown) => {
          throw inconclusiveError(`etcd's tools do not run on ${name}: ${messageOf(error)}`, {
            cause: error,
          });
        });
      const [version = "", count = "0"] = stdout.trim().split("\n");
      return { version, canBump: Number(count) >= 2 };
    }),
  );
}

function room(
  machines: readonly Machine[],
  places: readonly EtcdPlace[],
  { sidecar }: StoredSnapshot,
): Promise<Finding[]> {
  // The snapshot, the restored data, and a write-ahead log of 64 MiB that is allocated in advance.
  const needed = 2 * sidecar.etcd.sizeBytes + spareBytes;
  return Promise.all(
    places.map(async ({ machine, dataDir }) => {
      const shell = machines.find((each) => each.name === machine)?.shell;
      const answer = await shell?.run(`df -Pk ${dataDir} | awk 'NR == 2 { print $4 }'`, {
        timeoutMs: 10_000,
      });
      const free = Number(answer?.stdout.trim()) * 1024;
      const mib = (bytes: number) => String(Math.floor(bytes / 2 ** 20));
      return {
        what: `there is room on ${machine}`,
        wrong:
          free >= needed
            ? null
            : `${dataDir} of ${machine} has ${mib(free)} MiB free, a restore needs ${mib(needed)}`,
      };
    }),
  );
}
