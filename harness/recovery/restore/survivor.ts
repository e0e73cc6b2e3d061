// The quorum is lost for good: machines with a majority of the members never come back. No snapshot is needed: the one
// member that is left has every write that a majority had but, at most, the last ones, and becomes a cluster of its own
// with its own data. Its data is copied when nobody uses it any more, and restored with a new identity, so that no lost
// member that comes back one day is ever taken for one of it. Source: etcd documentation, "Disaster recovery",
// `--skip-hash-check` for data that is not a snapshot.
import { afterwards, restoreFolder, swapIn } from "./member-folders.ts";
import type { EtcdPlace } from "./places.ts";
import type { ClusterInput, Procedure } from "./procedure.ts";
import { restoreLimitMs, restoreScript } from "./restore-data.ts";
import type { Stage } from "../../shell/stages.ts";
import { everyMember } from "./hosts.ts";
import { asideOf } from "./marks.ts";
import { serveStages, startStage, stopStage } from "./static-pods.ts";

/**
 * A file beside the rebuilt data: where that is, it is, so that anybody can tell which data counts, also when etcd does not
 * answer. Whoever has lost its quorum and was started again answers nobody (etcd server, `ReadyNotify`).
 */
export function rebuiltMark({ id }: Pick<ClusterInput, "id">, { dataDir }: EtcdPlace): string {
  return `${dataDir}/member/kubedrill-rebuilt-${id}`;
}

/** @param input with the survivor as the only place */
export function survivorPlan(input: ClusterInput): Procedure {
  const { places } = input;
  const ways = afterwards(input);
  const folderOf = (place: EtcdPlace) => restoreFolder(input, place);
  const intoOf = (place: EtcdPlace) => ({
    folder: folderOf(place),
    dataDir: `${folderOf(place)}/restored`,
  });
  return {
    stages: [
      {
        phase: "prepare",
        title: "make a folder for the rebuild",
        limitMs: 20_000,
        commands: everyMember(places, (place) => `umask 077; mkdir -p ${folderOf(place)}`),
      },
      stopStage(input, folderOf),
      {
        phase: "swap",
        title: "make a cluster of one of the data, and put it in place of the old, which is kept",
        limitMs: restoreLimitMs,
        commands: everyMember(
          places,
          (place) => `cp ${place.dataDir}/member/snap/db ${folderOf(place)}/snapshot.db
${restoreScript(input, place, intoOf(place), ["--skip-hash-check"])}
touch ${rebuiltMark(input, place).replace(place.dataDir, intoOf(place).dataDir)}
${swapIn(input, place)}`,
        ),
      },
      startStage(input),
      ...serveStages(input, folderOf),
    ],
    ...ways,
    wayBack: { ...ways.wayBack, check: check(input, ways.wayBack.check) },
  };
}

/** On its old data the survivor serves only when the others are back, who wait for this. */
function check(input: ClusterInput, usual: Stage): Stage {
  const commands = usual.commands.map(({ machine, run }) => {
    const place = input.places.find((each) => each.machine === machine);
    if (place === undefined) return { machine, run };
    const left = `for each in ${restoreFolder(input, place)} ${asideOf(input)}; do if [ -e $each ]; then echo "there is still $each"; fi; done
test -e ${place.dataDir}/member || echo "there is no ${place.dataDir}/member"
systemctl is-active --quiet kubelet || echo "the kubelet does not run"`;
    return { machine, run: `if [ -e ${rebuiltMark(input, place)} ]; then\n${run}\nelse\n${left}\nfi` };
  });
  return { ...usual, commands };
}
