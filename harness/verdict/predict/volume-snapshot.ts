// What must come back of a volume that was snapshotted and destroyed: what was in it at the snapshot, neither less nor more.
// Pure.
import type { SnapshotWay } from "../../lab/facts.ts";
import { budgetOf, chain, none } from "./budget.ts";
import { claimBound, copied, look, mountRetried, podStart, request } from "./common-links.ts";
import { worksAsBefore } from "./expect-controllers.ts";
import type { Prediction, PredictionInput } from "./input.ts";
import { situationOf } from "./situation.ts";
import { fromSteady, throughout } from "./windows.ts";

/** What `predictVolumeSnapshot` needs to know of the drill's body. */
export interface VolumeSnapshotPlan {
  taken: string;
  back: string;
  before: string;
  after: string;
  left: string;
}

export function predictVolumeSnapshot(
  input: PredictionInput,
  way: SnapshotWay,
  plan: VolumeSnapshotPlan,
): Prediction {
  const situation = situationOf(input, []);
  return {
    statements: [
      `${way.driver} snapshots a volume of the StorageClass ${way.storageClass} by the VolumeSnapshotClass ${way.snapshotClass}.`,
      "The volume is destroyed with all that was written after the snapshot; a new one from it has what was there before, and no more.",
    ],
    expectations: [
      {
        id: "snapshot.taken",
        title: "The snapshot can be used",
        judge: { kind: "action-within", action: plan.taken },
        window: fromSteady,
        ...budgetOf(
          chain(
            "the snapshot can be used",
            request(situation),
            copied("the driver copies", situation),
            look(situation),
          ),
        ),
      },
      {
        id: "pod.returned",
        title: "A pod is Ready with a volume from the snapshot",
        judge: { kind: "action-within", action: plan.back },
        window: throughout,
        ...budgetOf(
          chain(
            "the pod is Ready",
            request(situation),
            request(situation),
            copied("the driver makes the volume", situation),
            claimBound(),
            mountRetried(),
            podStart(situation),
            look(situation),
          ),
        ),
        headline: true,
      },
      {
        id: "data.same",
        title: "The volume has what it had at the snapshot, neither less nor more",
        judge: { kind: "facts-agree", before: plan.before, after: plan.after, how: "equal" },
        window: throughout,
        ...none("A snapshot is the volume's content at one moment"),
      },
      {
        id: "nothing.left",
        title: "No volume and no snapshot stays behind",
        judge: { kind: "fact", name: plan.left, want: { is: "none" } },
        window: throughout,
        ...none("Both classes have the policy Delete"),
      },
      ...worksAsBefore(situation),
    ],
  };
}
