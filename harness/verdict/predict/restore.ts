// What must happen when etcd is restored from a snapshot: which writes are lost and which are not, one cluster with the
// same data on every member, workloads that notice nothing, and how long each step may take. Pure.
import type { Expectation } from "../expectation.ts";
import { budgetOf, chain, given, none, type Link } from "./budget.ts";
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
import { situationOf, type Situation } from "./situation.ts";
import { during, throughout } from "./windows.ts";

export interface RestorePlan {
  /** Ids of load probes that run all the time. */
  loads: string[];
  /** What is read of the canaries once they are as the snapshot declares them. */
  canaries: string[];
  /** The outcome of a restore that went well. */
  committed: string;
  /** Members join one after the other, instead of all being restored at once. */
  inTurn?: boolean;
  /** Names of further restores in a row. */
  again: string[];
}

/** Restores: "outage", and those named in `again`, each by the marks and facts of its name. */
export function predictRestore(input: PredictionInput, plan: RestorePlan): Prediction {
  // No machine is off.
  const situation = situationOf(input, []);
  const links = restoreLinks(situation, plan.inTurn === true);
  const members = String(situation.members.length);
  return {
    statements: [
      "What was written up to the snapshot's revision is there, and nothing that was written after it; how much that is, is measured.",
      `${members === "1" ? "The member has" : `The ${members} members are one cluster, and have the same data by`} ${members === "1" ? "its" : "their"} hashes.`,
      `The API accepts writes again within ${(links.served.ms / 1000).toFixed(0)} s; workloads run on meanwhile.`,
      "Clients that watch hear that what they know is too old, and ask anew.",
    ],
    facts: { canaries: plan.canaries, "member-lists": memberLists(situation) },
    expectations: [
      restoreOutcome("outage", plan.committed, "The restore goes all the way and is proven"),
      ...oneCluster().map((each) => ({
        ...each,
        link: { name: each.title, after: "restore.outcome" },
      })),
      ...writes(),
      canaries(),
      ...watcher(),
      ...steps(links),
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
      ...plan.again.flatMap((name) => [
        restoreOutcome(
          name,
          plan.committed,
          "A second snapshot, and a second restore in a row, go all the way",
        ),
        writesReturn(
          situation,
          `${name}.write.returned`,
          "The API accepts writes again after it",
          links.served,
          {
            from: `${name}.inject`,
            to: `${name}.heal`,
          },
        ),
      ]),
      ...worksAsBefore(situation, controllersAct(input)),
    ],
  };
}

function memberLists({ input }: Situation): string[] {
  const { members } = input.topology.etcd;
  const names = members
    .map((each) => each.name)
    .sort()
    .join(", ");
  return members.map((each) => `${each.machine} knows ${names}`);
}

/** Asked of each member by itself. */
function oneCluster(): Expectation[] {
  const fact = (id: string, title: string, name: string, is: number, why: string): Expectation => ({
    id,
    title,
    judge: { kind: "fact", name: `outage.${name}`, want: { is } },
    window: throughout,
    ...none(why),
  });
  return [
    {
      id: "members.know-each-other",
      title: "Every member knows every member",
      judge: {
        kind: "facts-agree",
        before: "predicted.member-lists",
        after: "outage.member-lists",
        how: "equal",
      },
      window: throughout,
      ...none("A member that was restored without the others' names and peer URLs is a cluster of its own"),
    },
    fact(
      "members.one-cluster",
      "All members are of one cluster",
      "clusters",
      1,
      "Each tells its cluster's id",
    ),
    fact(
      "members.same-data",
      "All members have the same data",
      "hashes",
      1,
      "Their hashes over all keys at one revision",
    ),
    fact("members.no-alarm", "No member has raised an alarm", "alarms", 0, "Asked of each"),
  ];
}

/** By the revision that etcd gave each acknowledged write, and the snapshot's. */
function writes(): Expectation[] {
  const figure = (
    id: string,
    title: string,
    name: string,
    budget: number | null,
    why: string,
  ): Expectation => ({
    id,
    title,
    judge: { kind: "figure", name: `rpo.${name}` },
    window: throughout,
    unit: "writes",
    budget,
    why,
    inputs: [],
  });
  const lost =
    "A figure without a budget: whatever was written after the snapshot; it depends on how old the snapshot is";
  return [
    figure(
      "writes.lost-before",
      "No write that was acknowledged up to the snapshot is lost",
      "lost-up-to",
      0,
      "Their revisions are not above the snapshot's",
    ),
    figure(
      "writes.kept-after",
      "No write that was acknowledged after the snapshot is there",
      "kept-after",
      0,
      "Their revisions are above the snapshot's: one that is there came from other data",
    ),
    figure("rpo.writes", "Acknowledged writes that are lost (RPO)", "after", null, lost),
    { ...figure("rpo.seconds", "Time whose writes are lost (RPO)", "seconds", null, lost), unit: "s" },
  ];
}

function canaries(): Expectation {
  return {
    id: "canaries.as-before",
    title:
      "What was changed, deleted or made after the snapshot is as it was at the snapshot, down to containers",
    judge: { kind: "facts-agree", before: "predicted.canaries", after: "after.canaries", how: "equal" },
    window: throughout,
    ...none("Objects are in etcd; kubelets and controllers bring containers in line with them"),
  };
}

function watcher(): Expectation[] {
  const why =
    "The restored store begins far above every revision that a client can have seen, and calls all of those too old (--bump-revision, --mark-compacted)";
  const figure = (id: string, title: string, name: string): Expectation => ({
    id,
    title,
    judge: { kind: "figure", name: `watcher.${name}` },
    window: throughout,
    ...none(why),
  });
  return [
    figure("watch.not-blind", "A client that watched all the time knows what there is", "blind-to"),
    figure("watch.never-back", "It is never given a version that is lower than one it had", "went-back"),
  ];
}

function steps({ stop, swap, start, serve, declared }: RestoreLinks): Expectation[] {
  const step = (id: string, title: string, action: string, link: Link, after: string): Expectation => ({
    id,
    title,
    judge: { kind: "action-within", action },
    window: throughout,
    ...budgetOf(link),
    link: { name: link.name, after },
  });
  return [
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
    step("restore.stopped", "etcd and the control planes are stopped", "outage.stop", stop, "fault"),
    step("restore.swapped", "The restored data is in place", "outage.swap", swap, "restore.stopped"),
    step("restore.started", "etcd runs on the restored data", "outage.start", start, "restore.swapped"),
    step(
      "restore.serves",
      "The control planes serve the restored data",
      "outage.serve",
      serve,
      "restore.started",
    ),
    step(
      "workload.as-declared",
      "Controllers and kubelets bring workloads in line with the snapshot",
      "workload-as-declared",
      declared,
      "restore.serves",
    ),
  ];
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
