// The snapshot becomes a data folder for each member, beside the one that it has, while the cluster still serves.
import type { EtcdPlace } from "./places.ts";
import type { PhasedStage, RestoreInput } from "./procedure.ts";
import { everyMember } from "./static-pods.ts";

/** For etcd's tools with a large store, and for the way to the machine. */
const restoreLimitMs = 10 * 60_000;

/**
 * Above anything that a client may have seen: with 1,000 writes a second it takes eleven days to get so far.
 * Source: etcd documentation, "Disaster recovery", "Restoring with revision bump".
 */
const revisionBump = 1_000_000_000;

export interface RestoreInto {
  /** A new one, for what the procedure needs. */
  folder: string;
  /** A new one that etcd's tools make. */
  dataDir: string;
  /** Must be so before anything is made; a script. */
  first?: string;
}

export function restoreStages(input: RestoreInput, intoOf: (place: EtcdPlace) => RestoreInto): PhasedStage[] {
  const { places, snapshot } = input;
  return [
    {
      phase: "prepare",
      title: "make a folder for the restore",
      limitMs: 20_000,
      commands: everyMember(places, (place) => {
        const { first, folder } = intoOf(place);
        return `${first === undefined ? "" : `${first}\n`}umask 077; mkdir -p ${folder}`;
      }),
    },
    {
      phase: "prepare",
      title: "bring the snapshot to every member's machine",
      limitMs: restoreLimitMs,
      commands: places.map((place) => ({
        machine: place.machine,
        send: snapshot,
        to: `${intoOf(place).folder}/snapshot.db`,
      })),
    },
    {
      phase: "prepare",
      title: "restore it beside the data, each for its own member, with owner and mode as before",
      limitMs: restoreLimitMs,
      commands: everyMember(places, (place) => restoreScript(input, place, intoOf(place))),
    },
  ];
}

/**
 * With the names and peer URLs of all, so that it becomes one cluster; with a token of its own, so that no member of an
 * earlier one is ever taken for one of it.
 */
function restoreScript(
  { places, id, canBump }: RestoreInput,
  { member, peerUrl, dataDir: oldDir }: EtcdPlace,
  { folder, dataDir }: RestoreInto,
): string {
  const cluster = places.map((each) => `${each.member}=${each.peerUrl}`).join(",");
  const bump = canBump ? ` --bump-revision ${String(revisionBump)} --mark-compacted` : "";
  const own = `--name ${member} --initial-advertise-peer-urls ${peerUrl}`;
  return `etcdutl snapshot restore ${folder}/snapshot.db ${own} --initial-cluster ${cluster} --initial-cluster-token kubedrill-${id} --data-dir ${dataDir}${bump}
chown -R --reference=${oldDir}/member ${dataDir}/member && chmod --reference=${oldDir}/member ${dataDir}/member
chown --reference=${oldDir} ${dataDir} && chmod --reference=${oldDir} ${dataDir}
sync ${dataDir}/member/snap/db`;
}
