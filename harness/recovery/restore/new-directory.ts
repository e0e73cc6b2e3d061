// etcd whose data gets a new folder, and whose definition then names that folder: its manifest, as kubeadm's guides do it,
// or the environment of its unit. The old folder stays where it is. Restored once more, the data goes back to the folder of
// before, so that it does not wander.
// Source: Kubernetes documentation, "Operating etcd clusters for Kubernetes", "Restoring an etcd cluster".
import { environmentFile } from "../../lab/etcd-service.ts";
import type { Stage } from "../../shell/stages.ts";
import { everyMember, hostOf } from "./hosts.ts";
import { manifestsDir, type EtcdPlace } from "./places.ts";
import type { Procedure, RestoreInput, Strategy } from "./procedure.ts";
import { restoreStages } from "./restore-data.ts";
import { asideOf } from "./marks.ts";
import { serveStages, startStage, stopScript, stopStage, unlessMembers } from "./static-pods.ts";
import { cleanedWithoutMember, forgetAsking, wayBackOf } from "./way-back.ts";

export const newDirectory: Strategy = {
  id: "new-directory",
  title:
    "etcd on the control planes or on machines of its own: the data gets a new folder, and the manifest or the unit's environment names it",
  unfit: unlessMembers,
  plan: newDirectoryPlan,
};

const suffix = "-restored";

/** The file by which etcd knows its folder. */
interface Definition {
  name: string;
  /** Where it is while etcd may run, and while it may not. */
  active: string;
  stopped: string;
  /** So often it names the folder: a manifest has a flag, a mount and a volume. */
  mentions: number;
}

function definitionOf({ runtime }: EtcdPlace, aside: string): Definition {
  return runtime === "pod"
    ? {
        name: "etcd.yaml",
        active: `${manifestsDir}/etcd.yaml`,
        stopped: `${aside}/etcd.yaml`,
        mentions: 3,
      }
    : { name: "etcd.env", active: environmentFile, stopped: environmentFile, mentions: 1 };
}

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
        title: "write etcd's definition anew, with the new folder wherever it names the old",
        limitMs: 20_000,
        commands: everyMember(places, (place) => {
          const { name, active, mentions } = definitionOf(place, asideOf(input));
          const written = `${folderOf(place)}/${name}`;
          return `sed 's#\\([ =]\\)${place.dataDir}$#\\1${newDirOf(place)}#' ${active} > ${written}
test "$(grep -c '[ =]${newDirOf(place)}$' ${written})" = ${String(mentions)}
chmod --reference=${active} ${written}`;
        }),
      },
      stopStage(input, (place) => `${newDirOf(place)}/member`),
      {
        phase: "swap",
        title: "put the new definition in place of the old, which is kept",
        limitMs: 20_000,
        commands: everyMember(places, (place) => {
          const aside = asideOf(input);
          const { name, stopped } = definitionOf(place, aside);
          // Each move is whole or not at all.
          return `mkdir -p ${aside}/old && cp -p ${stopped} ${aside}/old.part && mv ${aside}/old.part ${aside}/old/${name}
cp -p ${folderOf(place)}/${name} ${aside}/new.part && mv ${aside}/new.part ${stopped} && sync ${aside} ${stopped}`;
        }),
      },
      startStage(input),
      ...serveStages(input, folderOf),
    ],
    restored: places.map((place) => ({ ...place, dataDir: newDirOf(place) })),
    keepOld: {
      phase: "serve",
      title: "take away what the restore has made, but keep the old data",
      limitMs: 60_000,
      commands: [
        ...everyMember(places, (place) => `rm -rf ${asideOf(input)} ${folderOf(place)}`),
        ...cleanedWithoutMember(input),
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
  const definition = (place: EtcdPlace) => definitionOf(place, asideOf(input));
  const oldOf = (place: EtcdPlace) => `${asideOf(input)}/old/${definition(place).name}`;
  return [
    {
      title: "stop what may run on the restored data",
      limitMs: 60_000,
      commands: everyMember(
        places,
        (place) => `if [ -e ${oldOf(place)} ]; then
${stopScript(input, hostOf(input, { ...place, dataDir: newDirOf(place) }))}
fi`,
      ),
    },
    {
      title: "put the old definition back",
      limitMs: 20_000,
      commands: everyMember(places, (place) => {
        const { active, stopped } = definition(place);
        const away = active === stopped ? "" : `rm -f ${active}; `;
        return `if [ -e ${oldOf(place)} ]; then ${away}mv ${oldOf(place)} ${stopped}; fi`;
      }),
    },
  ];
}

/** The data that the definition names is never touched. What was there before the restore began has no folder of it. */
function cleanStage(input: RestoreInput, folderOf: (place: EtcdPlace) => string): Stage {
  return {
    title: "take away what the restore has made, and the data that no definition names",
    limitMs: 60_000,
    commands: [
      ...everyMember(input.places, (place) => {
        const { active } = definitionOf(place, asideOf(input));
        const names = (folder: string) => `grep -qE -- '(--data-dir|ETCD_DATA_DIR)=${folder}$' ${active}`;
        return `if [ -d ${folderOf(place)} ]; then
  if ${names(newDirOf(place))}; then rm -rf ${place.dataDir}
  elif ${names(place.dataDir)}; then rm -rf ${newDirOf(place)}
  else echo "${active} names neither ${place.dataDir} nor ${newDirOf(place)}" >&2; exit 1; fi
fi
rm -rf ${asideOf(input)} ${folderOf(place)}`;
      }),
      ...forgetAsking(input),
    ],
  };
}
