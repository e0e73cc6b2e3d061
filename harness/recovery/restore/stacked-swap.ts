// Stacked etcd, on one or more control planes: the snapshot is restored beside the data of each member while the cluster
// still serves; then everything is stopped, the folders `member` change places, and everything is started in the order in
// which each needs the other. Source: etcd documentation, "Disaster recovery"; Kubernetes documentation, "Operating etcd
// clusters for Kubernetes", "Restoring an etcd cluster".
import type { Stage } from "../../safety/way-back.ts";
import type { EtcdPlace } from "./places.ts";
import type { Procedure, RestoreInput, Strategy } from "./procedure.ts";
import { restoreStages } from "./restore-data.ts";
import {
  asideOf,
  cleanStage,
  everyMember,
  forgetAsking,
  startStages,
  stopScript,
  stopStage,
  unlessStaticPods,
  wayBackOf,
  type FolderOf,
} from "./static-pods.ts";

export const stackedSwap: Strategy = {
  id: "stacked-swap",
  title: "stacked etcd: every member's folder is swapped for a restored one",
  unfit: unlessStaticPods,
  plan: stackedSwapPlan,
};

function stackedSwapPlan(input: RestoreInput): Procedure {
  const { id, places } = input;
  const folderOf = (place: EtcdPlace) => `${place.dataDir}/kubedrill-restore-${id}`;
  return {
    stages: [
      ...restoreStages(input, (place) => ({
        folder: folderOf(place),
        dataDir: `${folderOf(place)}/restored`,
      })),
      stopStage(input, (place) => `${folderOf(place)}/restored/member`),
      {
        phase: "swap",
        title: "put the restored data in place of the old, which is kept",
        limitMs: 20_000,
        commands: everyMember(places, (place) => swapScript(place, folderOf(place))),
      },
      ...startStages(input, folderOf),
    ],
    keepOld: {
      phase: "serve",
      title: "take away what the restore has made, but keep the old data",
      limitMs: 60_000,
      commands: [
        ...everyMember(
          places,
          (place) =>
            `rmdir ${asideOf(input)}; rm -rf ${folderOf(place)}/snapshot.db ${folderOf(place)}/restored`,
        ),
        ...forgetAsking(input),
      ],
    },
    kept: places.map((place) => ({ machine: place.machine, path: `${folderOf(place)}/old-member` })),
    wayBack: wayBackOf(input, folderOf, {
      back: backStages(input, folderOf),
      clean: cleanStage(input, folderOf),
    }),
  };
}

/** Each move is whole or not at all, and in between there is no data at all, with which no etcd starts. */
function swapScript({ dataDir }: EtcdPlace, folder: string): string {
  return `test -d ${folder}/restored/member
mv ${dataDir}/member ${folder}/old-member && mv ${folder}/restored/member ${dataDir}/member && sync ${dataDir}`;
}

function backStages(input: RestoreInput, folderOf: FolderOf): Stage[] {
  const { places } = input;
  return [
    {
      title: "stop what may run on the restored data",
      limitMs: 60_000,
      commands: everyMember(
        places,
        (place) => `if [ -d ${folderOf(place)}/old-member ]; then
${stopScript(input, place)}
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
