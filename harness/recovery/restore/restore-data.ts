// The snapshot becomes a data folder for each member, beside the one that it has, while the cluster still serves.
import type { EtcdPlace } from "./places.ts";
import type { ClusterInput, PhasedStage, RestoreInput } from "./procedure.ts";
import { initialCluster } from "./join-member.ts";
import { everyMember } from "./hosts.ts";
import { standByStages } from "./static-pods.ts";

/** For etcd's tools with a large store, and for the way to the machine. */
export const restoreLimitMs = 10 * 60_000;

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
  const { places } = input;
  return [
    ...standByStages(input),
    folderStage(places, (place) => {
      const { first, folder } = intoOf(place);
      return `${first === undefined ? "" : `${first}\n`}umask 077; mkdir -p ${folder}`;
    }),
    sendStage(input, places, (place) => intoOf(place).folder),
    {
      phase: "prepare",
      title: "restore it beside the data, each for its own member, with owner and mode as before",
      limitMs: restoreLimitMs,
      commands: everyMember(places, (place) => restoreScript(input, place, intoOf(place))),
    },
  ];
}

/** On one machine only, as a cluster that knows neither names nor peer URLs; every member's machine gets a folder. */
export function restoreAlone(
  input: RestoreInput,
  place: EtcdPlace,
  folderOf: (place: EtcdPlace) => string,
): PhasedStage[] {
  const folder = folderOf(place);
  const into = { folder, dataDir: `${folder}/restored` };
  return [
    ...standByStages(input),
    folderStage(input.places, (each) => `umask 077; mkdir -p ${folderOf(each)}`),
    sendStage(input, [place], folderOf),
    {
      phase: "prepare",
      title: `restore it beside the data on ${place.machine}, with owner and mode as before`,
      limitMs: restoreLimitMs,
      commands: [
        { machine: place.machine, run: `${toolCommand(input, into, [])}\n${ownedAsBefore(place, into)}` },
      ],
    },
  ];
}

function folderStage(places: readonly EtcdPlace[], scriptOf: (place: EtcdPlace) => string): PhasedStage {
  return {
    phase: "prepare",
    title: "make a folder for the restore",
    limitMs: 20_000,
    commands: everyMember(places, scriptOf),
  };
}

function sendStage(
  { snapshot }: RestoreInput,
  places: readonly EtcdPlace[],
  folderOf: (place: EtcdPlace) => string,
): PhasedStage {
  const all = places.length > 1 ? "every member's machine" : (places[0]?.machine ?? "");
  return {
    phase: "prepare",
    title: `bring the snapshot to ${all}`,
    limitMs: restoreLimitMs,
    commands: places.map((place) => ({
      machine: place.machine,
      send: snapshot,
      to: `${folderOf(place)}/snapshot.db`,
    })),
  };
}

/**
 * With the names and peer URLs of all, so that it becomes one cluster; with a token of its own, so that no member of an
 * earlier one is ever taken for one of it.
 */
export function restoreScript(
  input: ClusterInput,
  place: EtcdPlace,
  into: RestoreInto,
  more: readonly string[] = [],
  owner: "as-before" | "new" = "as-before",
): string {
  const { places, id } = input;
  const { member, peerUrl } = place;
  const identity = [
    `--name ${member} --initial-advertise-peer-urls ${peerUrl}`,
    `--initial-cluster ${initialCluster(places)} --initial-cluster-token kubedrill-${id}`,
  ];
  // New data belongs to root alone, as etcd's tools make it.
  const owned = owner === "new" ? `sync ${into.dataDir}/member/snap/db` : ownedAsBefore(place, into);
  return `${toolCommand(input, into, [...identity, ...more])}\n${owned}`;
}

function toolCommand(
  { canBump }: ClusterInput,
  { folder, dataDir }: RestoreInto,
  identity: readonly string[],
): string {
  const bump = canBump ? [`--bump-revision ${String(revisionBump)} --mark-compacted`] : [];
  const flags = [...identity, `--data-dir ${dataDir}`, ...bump].join(" ");
  return `etcdutl snapshot restore ${folder}/snapshot.db ${flags}`;
}

function ownedAsBefore({ dataDir: oldDir }: EtcdPlace, { dataDir }: RestoreInto): string {
  return `chown -R --reference=${oldDir}/member ${dataDir}/member && chmod --reference=${oldDir}/member ${dataDir}/member
chown --reference=${oldDir} ${dataDir} && chmod --reference=${oldDir} ${dataDir}
sync ${dataDir}/member/snap/db`;
}
