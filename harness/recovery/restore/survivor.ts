// The quorum is lost for good: machines with a majority of the members never come back. No snapshot is needed: the one
// member that is left has every write that a majority had but, at most, the last ones, and becomes a cluster of its own
// with its own data. Its data is copied when nobody uses it any more, and restored with a new identity, so that no lost
// member that comes back one day is ever taken for one of it. Source: etcd documentation, "Disaster recovery",
// `--skip-hash-check` for data that is not a snapshot.
import { afterwards, restoreFolder, swapIn } from "./member-folders.ts";
import type { EtcdPlace } from "./places.ts";
import type { ClusterInput, Procedure } from "./procedure.ts";
import { restoreLimitMs, restoreScript } from "./restore-data.ts";
import { everyMember, serveStages, startStage, stopStage } from "./static-pods.ts";

/** @param input with the survivor as the only place */
export function survivorPlan(input: ClusterInput): Procedure {
  const { places } = input;
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
${swapIn(input, place)}`,
        ),
      },
      startStage(input),
      ...serveStages(input, folderOf),
    ],
    ...afterwards(input),
  };
}
