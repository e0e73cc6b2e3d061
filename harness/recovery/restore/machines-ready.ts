// What every restore needs of the machines before anything is stopped.
import { inconclusiveError, messageOf, usageError } from "../../base/errors.ts";
import type { Machine, NodeMachine, World } from "../../lab/world.ts";
import { withEtcdTools } from "../etcd-tools.ts";
import type { Finding } from "../snapshot/verify-files.ts";
import type { EtcdPlace } from "./places.ts";
import type { ClusterInput } from "./procedure.ts";

export function controlPlanesOf({ machines }: Pick<World, "machines">): NodeMachine[] {
  return machines.filter((each) => each.role === "control-plane");
}

/** @param what is done to it, such as "rebuilds" @throws KubedrillError (usage) when etcd is elsewhere */
export function stackedControlPlanes({ file, machines }: World, what: string): NodeMachine[] {
  if (file.etcd.layout !== "stacked")
    throw usageError(
      `kubedrill ${what} etcd that runs on the control planes; this lab's is ${file.etcd.layout}. Nothing was touched.`,
    );
  return controlPlanesOf({ machines });
}

const usualNeeds = "command -v crictl flock curl systemctl >/dev/null && test -e /etc/kubernetes";
/** Of a machine that is only etcd's, where etcd is a service. */
const serviceNeeds = "command -v flock curl systemctl >/dev/null";

/** As `machinesAnswer`, of all machines of a lab. */
export async function everyMachineAnswers({ file, machines, etcdMachines }: World): Promise<void> {
  await machinesAnswer(machines);
  if (file.etcd.layout === "external")
    await machinesAnswer(etcdMachines, file.etcd.runtime === "pod" ? usualNeeds : serviceNeeds);
}

/** One that is off now would come back with old data later. @param script fails where something is missing */
export async function machinesAnswer(machines: readonly Machine[], script = usualNeeds): Promise<void> {
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

export interface Tools {
  version: string;
  canBump: boolean;
}

export function toolsOf(world: World, machines: readonly Machine[]): Promise<Tools[]> {
  const script =
    "etcdutl version | sed -n 's/^etcdutl version: //p'; etcdutl snapshot restore --help | grep -c -e '--bump-revision' -e '--mark-compacted' || true";
  return Promise.all(
    machines.map(async ({ name, shell }) => {
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

/** Beside the data, the restored data and the snapshot. */
const spareBytes = 256 * 1024 * 1024;

/** @param sizeBytes of etcd's data */
export function room(world: World, places: readonly EtcdPlace[], sizeBytes: number): Promise<Finding[]> {
  // The snapshot, the restored data, and a write-ahead log of 64 MiB that is allocated in advance.
  const needed = 2 * sizeBytes + spareBytes;
  return Promise.all(
    places.map(async ({ machine, dataDir }) => {
      const { stdout } = await world
        .machine(machine)
        .shell.run(`df -Pk ${dataDir} | awk 'NR == 2 { print $4 }'`, { timeoutMs: 10_000 });
      const free = Number(stdout.trim()) * 1024;
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

export function clusterInput(
  world: World,
  { id, places, lost, tools }: Pick<ClusterInput, "id" | "places" | "lost"> & { tools: readonly Tools[] },
): ClusterInput {
  return {
    id,
    places,
    lost,
    controlPlanes: controlPlanesOf(world)
      .map((each) => each.name)
      .filter((name) => !lost.some((each) => each.machine === name)),
    others: world.machines.filter((each) => each.role !== "control-plane").map((each) => each.name),
    apiPort: world.file.api.port,
    etcd: world.file.etcd,
    canBump: tools.every((each) => each.canBump),
  };
}
