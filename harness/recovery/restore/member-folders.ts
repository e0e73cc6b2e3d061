// Strategies by which a member's folder `member` makes room for a restored one: where the old one is meanwhile, and how it
// comes back. Each move is whole or not at all, and in between there is no data at all, with which no etcd starts.
import type { Stage } from "../../shell/stages.ts";
import { everyMember, hostOf } from "./hosts.ts";
import type { EtcdPlace } from "./places.ts";
import type { PhasedStage, Procedure, ClusterInput } from "./procedure.ts";
import { asideOf } from "./marks.ts";
import { stopScript } from "./static-pods.ts";
import { cleanStage, cleanedWithoutMember, forgetAsking, wayBackOf } from "./way-back.ts";

/** On the same file system as the data. */
export function restoreFolder({ id }: Pick<ClusterInput, "id">, { dataDir }: EtcdPlace): string {
  return `${dataDir}/kubedrill-restore-${id}`;
}

/** How such a procedure ends, and how it is taken back. */
export function afterwards(input: ClusterInput): Omit<Procedure, "stages"> {
  const { places } = input;
  const folderOf = (place: EtcdPlace) => restoreFolder(input, place);
  return {
    restored: places,
    keepOld: keepOldStage(input, folderOf),
    kept: places.map((place) => ({ machine: place.machine, path: `${folderOf(place)}/old-member` })),
    wayBack: wayBackOf(input, folderOf, {
      back: backStages(input, folderOf),
      clean: cleanStage(input, folderOf),
    }),
  };
}

/** A script that puts the old folder where it is kept. */
export function setAside(input: ClusterInput, place: EtcdPlace): string {
  return `mv ${place.dataDir}/member ${restoreFolder(input, place)}/old-member`;
}

/** A script that puts the restored folder in the place of the old. */
export function swapIn(input: ClusterInput, place: EtcdPlace): string {
  const restored = `${restoreFolder(input, place)}/restored/member`;
  return `test -d ${restored}
${setAside(input, place)} && mv ${restored} ${place.dataDir}/member && sync ${place.dataDir}`;
}

function keepOldStage(input: ClusterInput, folderOf: (place: EtcdPlace) => string): PhasedStage {
  return {
    phase: "serve",
    title: "take away what the restore has made, but keep the old data",
    limitMs: 60_000,
    commands: [
      ...everyMember(
        input.places,
        (place) =>
          `rmdir ${asideOf(input)}; rm -rf ${folderOf(place)}/snapshot.db ${folderOf(place)}/restored`,
      ),
      ...cleanedWithoutMember(input),
      ...forgetAsking(input),
    ],
  };
}

function backStages(input: ClusterInput, folderOf: (place: EtcdPlace) => string): Stage[] {
  const { places } = input;
  return [
    {
      title: "stop what may run on the restored data",
      limitMs: 60_000,
      commands: everyMember(
        places,
        (place) => `if [ -d ${folderOf(place)}/old-member ]; then
${stopScript(input, hostOf(input, place))}
fi`,
      ),
    },
    {
      title: "put the old data back",
      limitMs: 20_000,
      commands: everyMember(
        places,
        (place) => `if [ -d ${folderOf(place)}/old-member ]; then
  if [ -e ${place.dataDir}/member ]; then rm -rf ${folderOf(place)}/tried; mv ${place.dataDir}/member ${folderOf(place)}/tried; fi
  mv ${folderOf(place)}/old-member ${place.dataDir}/member && sync ${place.dataDir}
fi`,
      ),
    },
  ];
}
