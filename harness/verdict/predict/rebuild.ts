// What must happen when the quorum is lost for good and the cluster is rebuilt from the member that is left: what that one
// knew is there, workloads notice nothing, and whoever comes back joins what was rebuilt. Pure.
import type { Expectation, Window } from "../expectation.ts";
import { budgetOf, chain, given } from "./budget.ts";
import { look, machineBack } from "./common-links.ts";
import { worksAsBefore } from "./expect-controllers.ts";
import { failedRequests } from "./expect-deletion.ts";
import { httpExpectations } from "./expect-http.ts";
import { containersAlive, podsLost } from "./expect-workload.ts";
import type { Prediction, PredictionInput } from "./input.ts";
import { controllersAct, joinLink, restoreLinks, restoreOutcome, writesReturn } from "./restore-links.ts";
import {
  canariesKept,
  memberLists,
  oneCluster,
  restoreSteps,
  watcherKept,
  writesKept,
} from "./restore-promises.ts";
import { restoredAgain, type RestoredAgain } from "./restored-again.ts";
import { situationOf, type Situation } from "./situation.ts";
import { during, throughout } from "./windows.ts";

export interface RebuildPlan extends RestoredAgain {
  /** Control planes that are lost under the fault name "outage"; one is left. */
  lost: readonly string[];
  /** Ids of load probes that run all the time. */
  loads: string[];
  /** What is read of the canaries, before as after. */
  canaries: string[];
  /**
   * Name of the rebuild, and of the facts of all members when those that were lost have joined; the mark
   * "<joined>.settled" is set when they are at rest.
   */
  rebuild: string;
  joined: string;
}

/** From when all are powered on and have joined, until they are at rest. @param joined as in the plan */
const joinedWindow = (joined: string): Window => ({ from: "outage.healed", to: `${joined}.settled` });

/** Further restores come when all have joined, and are those of a whole cluster. */
export function predictRebuild(input: PredictionInput, plan: RebuildPlan): Prediction {
  const situation = situationOf(input, plan.lost);
  const { rebuild, joined } = plan;
  const [survivor = "nobody"] = situation.livingMembers;
  // Only the survivor is rebuilt.
  const links = restoreLinks(situation);
  return {
    statements: [
      `Without ${plan.lost.join(" and ")} no quorum is left, and none comes back: the API accepts no writes until ${survivor} is rebuilt as a cluster of one, without any snapshot.`,
      `Whatever ${survivor} knew is there then; writes that only the others had are lost, and are counted.`,
      `The API accepts writes again within ${(links.served.ms / 1000).toFixed(0)} s of the order to rebuild; workloads run on meanwhile.`,
      "Machines that come back all the same join what was rebuilt, one after the other; then it can be restored as any cluster can.",
    ],
    facts: {
      canaries: plan.canaries,
      [`${rebuild}-member-lists`]: memberLists(input, [survivor]),
      [`${joined}-member-lists`]: memberLists(input, situation.members),
    },
    expectations: [
      restoreOutcome(rebuild, plan.committed, "The rebuild goes all the way and is proven"),
      ...oneCluster(rebuild),
      ...writesKept("what the survivor has"),
      canariesKept("Every object is as it was, down to containers"),
      ...watcherKept(),
      ...restoreSteps(rebuild, "fault", links),
      {
        ...writesReturn(situation, "api.write.returned", "The API accepts writes again (RTO)", links.served, {
          from: `${rebuild}.inject`,
          to: "outage.heal",
        }),
        headline: true,
        link: { name: "the API accepts writes", after: "restore.serves" },
      },
      ...containersAlive(situation),
      ...httpExpectations(situation),
      ...usersDuring(situation, plan.loads),
      ...oneCluster(joined).map((each) => ({ ...each, title: `${each.title}, once all have joined` })),
      ...joining(situation, joined),
      ...restoredAgain(situation, plan, restoreLinks(situationOf(input, [])).served),
      ...worksAsBefore(situation, controllersAct(input)),
    ],
  };
}

/** Users lose nothing but what is on machines that are lost. */
export function usersDuring(situation: Situation, loads: readonly string[]): Expectation[] {
  if (loads.length === 0 || !situation.input.workload.ingress) return [];
  const lost = podsLost(situation);
  const why =
    lost === 0
      ? "What serves users needs no control plane: proxies and pods keep what they were told last"
      : `${String(lost)} pods are on machines that are lost, and without an API nobody takes them out`;
  return [failedRequests(loads, during, { zero: lost === 0, why, headline: false })];
}

function joining(situation: Situation, joined: string): Expectation[] {
  const { lostNodes, livingNodes, input } = situation;
  const each = chain("a machine joins again", machineBack(situation), joinLink(situation));
  return [
    {
      id: "machines.joined",
      title: "Machines that were lost have joined what was rebuilt, one after the other",
      judge: { kind: "action-within", action: joined },
      window: throughout,
      ...budgetOf(chain("all have joined", ...lostNodes.map(() => each))),
      link: { name: "all have joined", after: "fault" },
    },
    {
      id: "nodes.returned",
      title: "All nodes are Ready once all have joined",
      judge: {
        kind: "state-within",
        select: { probe: "nodes", subjects: [...lostNodes, ...livingNodes] },
        want: { is: "True" },
      },
      window: joinedWindow(joined),
      ...budgetOf(
        chain(
          "nodes are Ready",
          given("the kubelet reports", input.settings.kubelet.leaseRenewMs),
          look(situation),
        ),
      ),
      link: { name: "nodes are Ready", after: "machines.joined" },
    },
  ];
}
