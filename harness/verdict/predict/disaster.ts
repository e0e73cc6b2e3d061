// What must happen when every control plane is gone with its disk and the cluster is made again of other machines, from what
// was kept with a snapshot: what the snapshot has is there, it is the same cluster, workers notice nothing. Pure.
import type { Expectation, Window } from "../expectation.ts";
import { budgetOf, chain, given, type Link } from "./budget.ts";
import { copied, look } from "./common-links.ts";
import { worksAsBefore } from "./expect-controllers.ts";
import { httpExpectations } from "./expect-http.ts";
import { containersAlive } from "./expect-workload.ts";
import type { Prediction, PredictionInput } from "./input.ts";
import { usersDuring } from "./rebuild.ts";
import { controllersAct, restoreLinks, restoreOutcome, writesReturn } from "./restore-links.ts";
import {
  canariesKept,
  memberLists,
  oneCluster,
  restoreSteps,
  watcherKept,
  writesKept,
} from "./restore-promises.ts";
import type { RestorePlan } from "./restore.ts";
import { restoredAgain } from "./restored-again.ts";
import { situationOf, type Situation } from "./situation.ts";
import { throughout } from "./windows.ts";

export interface DisasterPlan extends Omit<RestorePlan, "inTurn"> {
  /** Every control plane. */
  lost: readonly string[];
  /** Name of the restore that makes the cluster again; those in `again` come after it. */
  rebuild: string;
}

/** From the moment when other machines stand in their places. */
const sinceAnew: Window = { from: "outage.confirmed", to: "outage.heal" };

/** The fault is "outage". */
export function predictDisaster(input: PredictionInput, plan: DisasterPlan): Prediction {
  const situation = situationOf(input, plan.lost);
  const { rebuild } = plan;
  const links = restoreLinks(situation, "bare");
  const prepare = chain(
    "the machines have what they need",
    copied("configuration and snapshot are brought to the machines", situation),
    look(situation),
  );
  const served = chain("the API accepts writes", prepare, links.served);
  return {
    statements: [
      `Without ${plan.lost.join(", ")} and their disks there is no API and no data but the snapshot's; pods on other machines run on.`,
      "Other machines under the same names and addresses become the same cluster: with the authorities, keys and data that were kept.",
      `The API accepts writes again within ${(served.ms / 1000).toFixed(0)} s from when they are there. What was written after the snapshot is lost, and is counted.`,
    ],
    facts: {
      canaries: plan.canaries,
      [`${rebuild}-member-lists`]: memberLists(input, situation.members),
    },
    expectations: [
      restoreOutcome(rebuild, plan.committed, "The cluster is made again of the new machines, and is proven"),
      ...oneCluster(rebuild),
      ...writesKept("the snapshot"),
      canariesKept(
        "What was changed, deleted or made after the snapshot is as it was at the snapshot, down to containers",
      ),
      ...watcherKept(),
      prepared(rebuild, prepare),
      ...restoreSteps(rebuild, "restore.prepared", links),
      {
        ...writesReturn(
          situation,
          "api.write.returned",
          "The API accepts writes again (RTO)",
          served,
          sinceAnew,
        ),
        headline: true,
        link: { name: "the API accepts writes", after: "restore.serves" },
      },
      nodesReturn(situation, served),
      ...containersAlive(situation),
      ...httpExpectations(situation),
      ...usersDuring(situation, plan.loads),
      ...restoredAgain(situation, plan, restoreLinks(situation).served),
      ...worksAsBefore(situation, controllersAct(input)),
    ],
  };
}

function prepared(of: string, link: Link): Expectation {
  return {
    id: "restore.prepared",
    title: "The new machines have configuration and snapshot",
    judge: { kind: "action-within", action: `${of}.prepare` },
    window: throughout,
    ...budgetOf(link),
    link: { name: link.name, after: "fault" },
  };
}

function nodesReturn(situation: Situation, served: Link): Expectation {
  const { lostNodes, livingNodes, input } = situation;
  return {
    id: "nodes.returned",
    title: "All nodes are Ready, the new machines too",
    judge: {
      kind: "state-within",
      select: { probe: "nodes", subjects: [...lostNodes, ...livingNodes] },
      want: { is: "True" },
    },
    window: sinceAnew,
    ...budgetOf(
      chain(
        "nodes are Ready",
        served,
        given("the kubelet reports", input.settings.kubelet.leaseRenewMs),
        look(situation),
      ),
    ),
    link: { name: "nodes are Ready", after: "api.write.returned" },
  };
}
