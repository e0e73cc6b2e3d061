// What must come back of a namespace that Velero backed up and that was deleted then: every object as it was declared. Pure.
import type { VeleroPlace } from "../../lab/facts.ts";
import { budgetOf, chain, none, type Link } from "./budget.ts";
import { copied, look, podStart, request } from "./common-links.ts";
import { worksAsBefore } from "./expect-controllers.ts";
import type { Prediction, PredictionInput } from "./input.ts";
import { situationOf } from "./situation.ts";
import { fromSteady, throughout } from "./windows.ts";

/** What `predictVelero` needs to know of the drill's body. */
export interface VeleroPlan {
  taken: string;
  restored: string;
  ready: string;
  dumped: string;
  odd: string;
  left: string;
  planted: readonly string[];
}

export function predictVelero(input: PredictionInput, place: VeleroPlace, plan: VeleroPlan): Prediction {
  const situation = situationOf(input, []);
  const restored = chain(
    "the restore is complete",
    request(situation),
    copied("Velero reads the backup and makes its objects", situation),
    look(situation),
  );
  const within = (id: string, title: string, action: string, link: Link) => ({
    id,
    title,
    judge: { kind: "action-within" as const, action },
    window: throughout,
    ...budgetOf(link),
  });
  const kept = (id: string, title: string, name: string, why: string) => ({
    id,
    title,
    judge: { kind: "fact" as const, name, want: { is: "none" } },
    window: throughout,
    ...none(why),
  });
  return {
    statements: [
      `Velero puts a backup of a namespace into its storage location ${place.location}.`,
      "The namespace is deleted with all that is in it, and comes back as it was declared: Secrets, settings and workloads.",
    ],
    expectations: [
      {
        ...within(
          "backup.taken",
          "The backup is complete, without an error",
          plan.taken,
          chain(
            "the backup is complete",
            request(situation),
            copied("Velero reads the namespace and writes the backup", situation),
            look(situation),
          ),
        ),
        window: fromSteady,
      },
      within("restore.done", "The restore is complete, without an error", plan.restored, restored),
      {
        ...within(
          "pod.returned",
          "Its pod is Ready again",
          plan.ready,
          chain("the pod is Ready", restored, podStart(situation), look(situation)),
        ),
        headline: true,
      },
      {
        id: "backup.whole",
        title: "What was compared is at least what the drill has made",
        judge: { kind: "fact", name: plan.dumped, want: { atLeast: plan.planted.length } },
        window: throughout,
        ...none("Counted in the dump that was made before the deletion"),
      },
      kept(
        "objects.same",
        "Object by object all is as it was",
        plan.odd,
        "Compared with the dump in the form in which it was declared, without Velero's own labels",
      ),
      kept("nothing.left", "Velero forgets the backup, in the store too", plan.left, "It was asked to"),
      ...worksAsBefore(situation),
    ],
  };
}
