// Stacked etcd whose data gets a new folder, and whose manifest then names that folder, as kubeadm's guides do it. The old
// folder stays where it is. Restored once more, the data goes back to the folder of before, so that it does not wander.
// Source: Kubernetes documentation, "Operating etcd clusters for Kubernetes", "Restoring an etcd cluster".
import type { Stage } from "../../safety/way-back.ts";
import { manifestsDir, type EtcdPlace } from "./places.ts";
import type { Procedure, RestoreInput, Strategy } from "./procedure.ts";
import { restoreStages } from "./restore-data.ts";
import {
  asideOf,
  everyMember,
  forgetAsking,
  startStages,
  stopScript,
  stopStage,
  unlessStaticPods,
  wayBackOf,
} from "./static-pods.ts";

export const newDirectory: Strategy = {
  id: "new-directory",
  title: "stacked etcd: the data gets a new folder, and the manifest names it",
  unfit: unlessStaticPods,
  plan: newDirectoryPlan,
};

const suffix = "-restored";

/** The other one of the two names that a data folder has in turn. */
function newDirOf({ dataDir }: EtcdPlace): string {
  return dataDir.endsWith(suffix) ? dataDir.slice(0, -suffix.length) : `${dataDir}${suffix}`;
}

function newDirectoryPlan(input: RestoreInput): Procedure {
  const { id, places } = input;
  const folderOf = ({ dataDir }: EtcdPlace) => `${parentOf(dataDir)}/kubedrill-restore-${id}`;
  return {
    stages: [
      ...restoreStages(input, (place) => ({
        first: `if [ -e ${newDirOf(place)} ]; then echo "${newDirOf(place)} is there already; move it away or delete it" >&2; exit 1; fi`,
        folder: folderOf(place),
        dataDir: newDirOf(place),
      })),
      {
        phase: "prepare",
        title: "write the manifest anew, with the new folder in its flag, its mount and its volume",
        limitMs: 20_000,
        commands: everyMember(
          places,
          (
            place,
          ) => `sed 's#\\([ =]\\)${place.dataDir}$#\\1${newDirOf(place)}#' ${manifestsDir}/etcd.yaml > ${folderOf(place)}/etcd.yaml
test "$(grep -c '[ =]${newDirOf(place)}$' ${folderOf(place)}/etcd.yaml)" = 3
chmod --reference=${manifestsDir}/etcd.yaml ${folderOf(place)}/etcd.yaml`,
        ),
      },
      stopStage(input, (place) => `${newDirOf(place)}/member`),
      {
        phase: "swap",
        title: "put the new manifest in place of the old, which is kept",
        limitMs: 20_000,
        commands: everyMember(
          places,
          (place) => `mkdir -p ${asideOf(input)}/old && mv ${asideOf(input)}/etcd.yaml ${asideOf(input)}/old/
mv ${folderOf(place)}/etcd.yaml ${asideOf(input)}/ && sync ${asideOf(input)}`,
        ),
      },
      ...startStages(input, folderOf),
    ],
    keepOld: {
      phase: "serve",
      title: "take away what the restore has made, but keep the old data",
      limitMs: 60_000,
      commands: [
        ...everyMember(places, (place) => `rm -rf ${asideOf(input)} ${folderOf(place)}`),
        ...forgetAsking(input),
      ],
    },
    kept: places.map((place) => ({ machine: place.machine, path: `${place.dataDir}/member` })),
    wayBack: wayBackOf(input, folderOf, { back: backStages(input), clean: cleanStage(input, folderOf) }),
  };
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function backStages(input: RestoreInput): Stage[] {
  const { places } = input;
  const old = `${asideOf(input)}/old/etcd.yaml`;
  return [
    {
      title: "stop what may run on the restored data",
      limitMs: 60_000,
      commands: everyMember(
        places,
        (place) => `if [ -e ${old} ]; then
${stopScript(input, { ...place, dataDir: newDirOf(place) })}
fi`,
      ),
    },
    {
      title: "put the old manifest back",
      limitMs: 20_000,
      commands: everyMember(
        places,
        () =>
          `if [ -e ${old} ]; then rm -f ${manifestsDir}/etcd.yaml; mv ${old} ${asideOf(input)}/etcd.yaml; fi`,
      ),
    },
  ];
}

/** The data that the manifest names is never touched. What was there before the restore began has no folder of it. */
function cleanStage(input: RestoreInput, folderOf: (place: EtcdPlace) => string): Stage {
  return {
    title: "take away what the restore has made, and the data that no manifest names",
    limitMs: 60_000,
    commands: [
      ...everyMember(
        input.places,
        (place) => `if [ -d ${folderOf(place)} ]; then
  if grep -q -- '--data-dir=${newDirOf(place)}$' ${manifestsDir}/etcd.yaml; then rm -rf ${place.dataDir}
  elif grep -q -- '--data-dir=${place.dataDir}$' ${manifestsDir}/etcd.yaml; then rm -rf ${newDirOf(place)}
  else echo "${manifestsDir}/etcd.yaml names neither ${place.dataDir} nor ${newDirOf(place)}" >&2; exit 1; fi
fi
rm -rf ${asideOf(input)} ${folderOf(place)}`,
      ),
      ...forgetAsking(input),
    ],
  };
}
