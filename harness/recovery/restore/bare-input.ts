// What is needed to make control planes of machines that have nothing: all of it comes from the snapshot.
import { join } from "node:path";
import { execa } from "execa";
import { messageOf, usageError } from "../../base/errors.ts";
import type { Machine, World } from "../../lab/world.ts";
import { neededPaths } from "../snapshot/configuration.ts";
import { whyForeign } from "../snapshot/foreign.ts";
import { dataFile, type StoredSnapshot } from "../snapshot/sidecar.ts";
import { verifyFiles } from "../snapshot/verify-files.ts";
import type { BareInput } from "./bare-machines.ts";
import {
  clusterInput,
  controlPlanesOf,
  machinesAnswer,
  room,
  stackedControlPlanes,
} from "./machines-ready.ts";
import { manifestsDir, placeOfManifest, type EtcdPlace } from "./places.ts";
import type { Order } from "./preflight.ts";

/** Tools that know `--bump-revision`. Source: etcd changelog, 3.6. */
const bumpSince = [3, 6];

/** A script that prints what a machine has of a control plane: "whole", "begun" when a restore is, or "bare". */
export const bareState = `if ls -d /etc/kubernetes/kubedrill-restore-* >/dev/null 2>&1; then echo begun
elif [ -e ${manifestsDir}/kube-apiserver.yaml ]; then echo whole
else echo bare; fi`;

/**
 * Whether the control planes have nothing of one.
 * @throws KubedrillError (usage) when some have and some have not: a restore would make two clusters of one
 */
export async function areBare(world: World): Promise<boolean> {
  if (world.file.etcd.layout === "external") return false;
  const controlPlanes = controlPlanesOf(world);
  const looks = await Promise.all(
    controlPlanes.map(async ({ name, shell }) => {
      const { stdout } = await shell.run(bareState, { timeoutMs: 15_000 });
      return { name, bare: stdout.trim() === "bare" };
    }),
  );
  const bare = looks.filter((each) => each.bare).map((each) => each.name);
  if (bare.length > 0 && bare.length < looks.length)
    throw usageError(
      `${bare.join(", ")} ${bare.length === 1 ? "has" : "have"} no control plane, ${looks
        .filter((each) => !each.bare)
        .map((each) => each.name)
        .join(
          ", ",
        )} ${bare.length === looks.length - 1 ? "has" : "have"} one: machines are made anew from a snapshot only all at once. Nothing was touched.`,
      { hint: "join single machines with kubeadm; they get their data from the members that are there" },
    );
  return bare.length > 0;
}

/**
 * What follows from the snapshot alone, before any machine is bare.
 * @throws KubedrillError (usage) when it lacks something
 */
export async function inputOfSnapshot(
  world: World,
  { snapshot, id }: Pick<Order, "snapshot" | "id">,
): Promise<BareInput> {
  const { sidecar, folder } = snapshot;
  const controlPlanes = stackedControlPlanes(world, bareWords);
  const archives = archivesOf(controlPlanes, snapshot);
  const places = await Promise.all([...archives].map(([machine, path]) => placeIn(machine, path)));
  const tools = [{ version: sidecar.etcd.version, canBump: knowsBump(sidecar.etcd.version) }];
  return {
    ...clusterInput(world, { id, places, lost: [], tools }),
    snapshot: join(folder, dataFile),
    archives,
  };
}

const bareWords = "makes control planes anew together with";

/** @throws KubedrillError (usage) with the first thing that is wrong; nothing was touched */
export async function bareInput(world: World, order: Order): Promise<BareInput> {
  const { snapshot, maxAgeHours } = order;
  const { sidecar } = snapshot;
  const controlPlanes = stackedControlPlanes(world, bareWords);
  if (world.file.etcd.runtime !== "pod")
    throw usageError(
      "Machines with nothing on them are only made control planes where etcd runs in pods: a service needs its program first. Nothing was touched.",
    );
  await machinesAnswer(controlPlanes, "command -v crictl flock curl systemctl kubelet tar >/dev/null");
  await machinesAnswer(world.machines.filter((each) => each.role !== "control-plane"));
  const findings = [
    ...whyForeign(
      sidecar,
      { clusterUid: order.clusterUid ?? sidecar.clusterUid, etcdVersion: sidecar.etcd.version },
      { now: Date.now(), maxAgeHours },
    ),
    ...(await verifyFiles(snapshot, (machine) => neededPaths(world, machine))),
  ];
  const wrong = findings.find((each) => each.wrong !== null);
  if (wrong !== undefined)
    throw usageError(`This snapshot is not restored: ${wrong.wrong ?? ""}. Nothing was touched.`);
  const input = await inputOfSnapshot(world, order);
  const [noRoom] = (
    await room(
      world,
      input.places.map((each) => ({ ...each, dataDir: "/var/lib" })),
      sidecar.etcd.sizeBytes,
    )
  ).filter((each) => each.wrong !== null);
  if (noRoom !== undefined) throw usageError(`${noRoom.wrong ?? ""}. Nothing was touched.`);
  return input;
}

/** Pure. @param version "3.6.6" */
export function knowsBump(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  const [sinceMajor = 0, sinceMinor = 0] = bumpSince;
  return major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
}

function archivesOf(
  controlPlanes: readonly Machine[],
  { folder, sidecar }: StoredSnapshot,
): ReadonlyMap<string, string> {
  return new Map(
    controlPlanes.map(({ name }) => {
      const kept = sidecar.controlPlanes.find((each) => each.machine === name);
      if (kept === undefined)
        throw usageError(`The snapshot has no configuration of ${name}. Nothing was touched.`);
      return [name, join(folder, kept.file)];
    }),
  );
}

async function placeIn(machine: string, archive: string): Promise<EtcdPlace> {
  const path = `${manifestsDir.slice(1)}/etcd.yaml`;
  const { stdout } = await execa("tar", ["-xzOf", archive, path], { timeout: 30_000 }).catch(
    (error: unknown) => {
      throw usageError(`${path} of ${machine} cannot be read from the snapshot: ${messageOf(error)}`, {
        cause: error,
      });
    },
  );
  return placeOfManifest(machine, stdout);
}
