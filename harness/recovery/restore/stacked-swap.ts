// etcd on one or more control planes: the snapshot is restored beside the data of each member while the cluster
// still serves; then everything is stopped, the folders `member` change places, and everything is started in the order in
// which each needs the other. Source: etcd documentation, "Disaster recovery"; Kubernetes documentation, "Operating etcd
// clusters for Kubernetes", "Restoring an etcd cluster".
import { afterwards, restoreFolder, swapIn } from "./member-folders.ts";
import type { EtcdPlace } from "./places.ts";
import type { Procedure, RestoreInput, Strategy } from "./procedure.ts";
import { restoreStages } from "./restore-data.ts";
import { everyMember } from "./hosts.ts";
import { serveStages, startStage, stopStage, unlessMembers } from "./static-pods.ts";

export const stackedSwap: Strategy = {
  id: "stacked-swap",
  title:
    "etcd on the control planes, in pods or as a service: every member's folder is swapped for a restored one",
  unfit: (input) =>
    unlessMembers(input) ?? (input.etcd.layout === "external" ? "etcd is not on the control planes" : null),
  plan: stackedSwapPlan,
};

function stackedSwapPlan(input: RestoreInput): Procedure {
  const { places } = input;
  const folderOf = (place: EtcdPlace) => restoreFolder(input, place);
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
        commands: everyMember(places, (place) => swapIn(input, place)),
      },
      startStage(input),
      ...serveStages(input, folderOf),
    ],
    ...afterwards(input),
  };
}
