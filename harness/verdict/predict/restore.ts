// What must happen when etcd is restored from a snapshot: which writes are lost and which are not, one cluster with the
// same data on every member, workloads that notice nothing, and how long each step may take. Pure.
import type { Expectation } from "../expectation.ts";
import { budgetOf, chain, given } from "./budget.ts";
import { look } from "./common-links.ts";
import { worksAsBefore } from "./expect-controllers.ts";
import { failedRequests } from "./expect-deletion.ts";
import { httpExpectations } from "./expect-http.ts";
import { containersAlive } from "./expect-workload.ts";
import type { Prediction, PredictionInput } from "./input.ts";
import {
  controllersAct,
  restoreLinks,
  restoreOutcome,
  writesReturn,
  type RestoreLinks,
} from "./restore-links.ts";
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

export interface RestorePlan extends RestoredAgain {
  /** Ids of load probes that run all the time. */
  loads: string[];
  /** What is read of the canaries once they are as the snapshot declares them. */
  canaries: string[];
  /** Members join one after the other, instead of all being restored at once. */
  inTurn?: boolean;
}

/** Restores: "outage", and those named in `again`, each by the marks and facts of its name. */
export function predictRestore(input: PredictionInput, plan: RestorePlan): Prediction {
  // No machine is off.
  const situation = situationOf(input, []);
  const links = restoreLinks(situation, plan.inTurn === true ? "in-turn" : "at-once");
  const members = String(situation.members.length);
  return {
    statements: [
      "What was written up to the snapshot's revision is there, and nothing that was written after it; how much that is, is measured.",
      `${members === "1" ? "The member has" : `The ${members} members are one cluster, and have the same data by`} ${members === "1" ? "its" : "their"} hashes.`,
      `The API accepts writes again within ${(links.served.ms / 1000).toFixed(0)} s; workloads run on meanwhile.`,
      "Clients that watch hear that what they know is too old, and ask anew.",
    ],
    facts: { canaries: plan.canaries, "member-lists": memberLists(input, situation.members) },
    expectations: [
      restoreOutcome("outage", plan.committed, "The restore goes all the way and is proven"),
      ...oneCluster("outage").map((each) => ({
        ...each,
        link: { name: each.title, after: "restore.outcome" },
      })),
      ...writesKept("the snapshot"),
      canariesKept(
        "What was changed, deleted or made after the snapshot is as it was at the snapshot, down to containers",
      ),
      ...watcherKept(),
      {
        id: "restore.prepared",
        title: "The snapshot is restored beside the data while the cluster serves",
        judge: { kind: "action-within", action: "outage.prepare" },
        window: throughout,
        unit: "s",
        budget: null,
        why: "A figure without a budget: nobody waits for it",
        inputs: [],
      },
      ...restoreSteps("outage", "fault", links),
      ...returns(situation, links),
      ...containersAlive(situation),
      ...httpExpectations(situation),
      ...(plan.loads.length === 0 || !input.workload.ingress
        ? []
        : [
            failedRequests(plan.loads, during, {
              zero: true,
              why: "What serves users needs no control plane: proxies and pods keep what they were told last",
              headline: false,
            }),
          ]),
      ...restoredAgain(situation, plan, links.served),
      ...worksAsBefore(situation, controllersAct(input)),
    ],
  };
}

function returns(situation: Situation, { served }: RestoreLinks): Expectation[] {
  return [
    {
      ...writesReturn(situation, "api.write.returned", "The API accepts writes again (RTO)", served, during),
      headline: true,
      link: { name: "the API accepts writes", after: "restore.serves" },
    },
    {
      id: "nodes.returned",
      title: "All nodes are Ready",
      judge: {
        kind: "state-within",
        select: { probe: "nodes", subjects: [...situation.livingNodes] },
        want: { is: "True" },
      },
      window: during,
      ...budgetOf(
        chain(
          "nodes are Ready",
          served,
          given("the kubelet reports", situation.input.settings.kubelet.leaseRenewMs),
          look(situation),
        ),
      ),
      link: { name: "nodes are Ready", after: "api.write.returned" },
    },
  ];
}
