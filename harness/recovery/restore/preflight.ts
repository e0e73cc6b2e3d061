// What must be so before anything is stopped: the snapshot is whole and of this cluster, every machine answers and has
// what the procedure needs. Asks no API, because there may be none.
import { join } from "node:path";
import { usageError } from "../../base/errors.ts";
import type { World } from "../../lab/world.ts";
import { neededPaths } from "../snapshot/configuration.ts";
import { whyForeign } from "../snapshot/foreign.ts";
import { dataFile, type StoredSnapshot } from "../snapshot/sidecar.ts";
import { verifyFiles } from "../snapshot/verify-files.ts";
import { clusterInput, everyMachineAnswers, room, toolsOf } from "./machines-ready.ts";
import { readPlaces } from "./places.ts";
import type { RestoreInput } from "./procedure.ts";

export interface Order {
  snapshot: StoredSnapshot;
  /** Unique to this restore: lower-case letters and digits. */
  id: string;
  /** Of the cluster that is restored; null: its API does not answer and the lab file does not say. */
  clusterUid: string | null;
  maxAgeHours?: number | undefined;
}

/**
 * Everything that a strategy needs to know.
 * @throws KubedrillError (usage) with the first thing that is wrong; nothing was touched
 */
export async function preflight(world: World, order: Order): Promise<RestoreInput> {
  const { snapshot, id } = order;
  const { etcdMachines } = world;
  await everyMachineAnswers(world);
  const places = await readPlaces(etcdMachines, world.file.etcd.runtime);
  const tools = await toolsOf(world, etcdMachines);
  const older = tools.map((each) => each.version).sort()[0] ?? "";
  const findings = [
    ...whyForeign(
      snapshot.sidecar,
      { clusterUid: order.clusterUid ?? snapshot.sidecar.clusterUid, etcdVersion: older },
      { now: Date.now(), maxAgeHours: order.maxAgeHours },
    ),
    ...(await verifyFiles(snapshot, (machine) => neededPaths(world, machine))),
    ...(await room(world, places, snapshot.sidecar.etcd.sizeBytes)),
  ];
  const wrong = findings.find((each) => each.wrong !== null);
  if (wrong !== undefined)
    throw usageError(`This snapshot is not restored: ${wrong.wrong ?? ""}. Nothing was touched.`);
  return {
    ...clusterInput(world, { id, places, lost: [], tools }),
    snapshot: join(snapshot.folder, dataFile),
  };
}
