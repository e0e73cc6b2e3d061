// What a restore undoes of what happened after its snapshot, and what it cannot: tokens that are signed, folders on disks,
// containers until their kubelets end them. Pure.
import type { Expectation } from "../expectation.ts";
import { budgetOf, none } from "./budget.ts";
import { worksAsBefore } from "./expect-controllers.ts";
import type { Prediction, PredictionInput } from "./input.ts";
import { controllersAct, restoreLinks, restoreOutcome, writesReturn } from "./restore-links.ts";
import { situationOf } from "./situation.ts";
import { during, throughout } from "./windows.ts";

/** What `predictDrift` needs to know of the drill's body: names of its facts and of its action. */
export interface DriftPlan {
  committed: string;
  ended: string;
  knownToken: string;
  unknownToken: string;
  volume: string;
  folder: string;
}

/** What a restore undoes of what happened after the snapshot, and what it does not. One restore, "outage". */
export function predictDrift(input: PredictionInput, plan: DriftPlan): Prediction {
  const situation = situationOf(input, []);
  const links = restoreLinks(situation);
  const fact = (id: string, title: string, name: string, is: string, why: string): Expectation => ({
    id,
    title,
    judge: { kind: "fact", name, want: { is } },
    window: throughout,
    ...none(why),
  });
  return {
    statements: [
      "Containers of pods that the store does not know any more are ended by their kubelets.",
      "A token that was issued after the snapshot is accepted as long as its account is known; it is signed, not stored.",
      "What is on the machines' disks stays there, whatever becomes of its PersistentVolume.",
    ],
    expectations: [
      restoreOutcome("outage", plan.committed, "The restore goes all the way and is proven"),
      {
        id: "strays.end",
        title: "Containers that the store does not know are ended by their kubelets",
        judge: { kind: "action-within", action: plan.ended },
        window: throughout,
        ...budgetOf(links.declared),
        headline: true,
      },
      fact(
        "token.of-known-account",
        "A token issued after the snapshot to an account that the store knows is still accepted",
        plan.knownToken,
        "accepted",
        'Tokens are signed, and looked up only by the UID of their account (Kubernetes documentation, "Managing Service Accounts")',
      ),
      fact(
        "token.of-unknown-account",
        "A token issued to an account that the store does not know is refused",
        plan.unknownToken,
        "refused",
        "The API server looks its account up",
      ),
      fact(
        "volume.forgotten",
        "A PersistentVolume made after the snapshot is gone",
        plan.volume,
        "gone",
        "It is an object like any other",
      ),
      fact(
        "volume.folder-left",
        "Its folder on the machine is left",
        plan.folder,
        "left",
        "Nobody knows of it any more who could delete it",
      ),
      writesReturn(
        situation,
        "api.write.returned",
        "The API accepts writes again (RTO)",
        links.served,
        during,
      ),
      ...worksAsBefore(situation, controllersAct(input)),
    ],
  };
}
