// What restores of every kind must keep: one cluster with the same data on every member, the writes and objects that the
// data has, clients that watch, and how long each step may take. Pure.
import type { Expectation } from "../expectation.ts";
import { budgetOf, none, type Link } from "./budget.ts";
import type { PredictionInput } from "./input.ts";
import type { RestoreLinks } from "./restore-links.ts";
import { throughout } from "./windows.ts";

/** What each member must say, when there are those on `machines`. */
export function memberLists({ topology }: PredictionInput, machines: readonly string[]): string[] {
  const members = topology.etcd.members.filter((each) => machines.includes(each.machine));
  const names = members
    .map((each) => each.name)
    .sort()
    .join(", ");
  return members.map((each) => `${each.machine} knows ${names}`);
}

/** Asked of each member by itself. @param of what the facts are of; the ids of its expectations begin so, too */
export function oneCluster(of: string): Expectation[] {
  const begin = of === "outage" ? "members" : `members.${of}`;
  const fact = (id: string, title: string, name: string, is: number, why: string): Expectation => ({
    id,
    title,
    judge: { kind: "fact", name: `${of}.${name}`, want: { is } },
    window: throughout,
    ...none(why),
  });
  return [
    {
      id: `${begin}.know-each-other`,
      title: "Every member knows every member",
      judge: {
        kind: "facts-agree",
        before: `predicted.${of === "outage" ? "" : `${of}-`}member-lists`,
        after: `${of}.member-lists`,
        how: "equal",
      },
      window: throughout,
      ...none("A member that was restored without the others' names and peer URLs is a cluster of its own"),
    },
    fact(
      `${begin}.one-cluster`,
      "All members are of one cluster",
      "clusters",
      1,
      "Each tells its cluster's id",
    ),
    fact(
      `${begin}.same-data`,
      "All members have the same data",
      "hashes",
      1,
      "Their hashes over all keys at one revision",
    ),
    fact(`${begin}.no-alarm`, "No member has raised an alarm", "alarms", 0, "Asked of each"),
  ];
}

/** By the revision that etcd gave each acknowledged write, and the last that is kept. @param data "the snapshot" */
export function writesKept(data: string): Expectation[] {
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
  const lost = `A figure without a budget: whatever was written after ${data}; it depends on how old that is`;
  return [
    figure(
      "writes.lost-before",
      `No write that was acknowledged up to ${data} is lost`,
      "lost-up-to",
      0,
      `Their revisions are not above those of ${data}`,
    ),
    figure(
      "writes.kept-after",
      `No write that was acknowledged after ${data} is there`,
      "kept-after",
      0,
      `Their revisions are above those of ${data}: one that is there came from other data`,
    ),
    figure("rpo.writes", "Acknowledged writes that are lost (RPO)", "after", null, lost),
    { ...figure("rpo.seconds", "Time whose writes are lost (RPO)", "seconds", null, lost), unit: "s" },
  ];
}

export function canariesKept(title: string): Expectation {
  return {
    id: "canaries.as-before",
    title,
    judge: { kind: "facts-agree", before: "predicted.canaries", after: "after.canaries", how: "equal" },
    window: throughout,
    ...none("Objects are in etcd; kubelets and controllers bring containers in line with them"),
  };
}

export function watcherKept(): Expectation[] {
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

/** @param of what the actions are of @param after the promise after which it begins; "fault": from the fault on */
export function restoreSteps(
  of: string,
  after: string,
  { stop, swap, start, serve, declared }: RestoreLinks,
): Expectation[] {
  const step = (id: string, title: string, action: string, link: Link, before: string): Expectation => ({
    id,
    title,
    judge: { kind: "action-within", action },
    window: throughout,
    ...budgetOf(link),
    link: { name: link.name, after: before },
  });
  return [
    step("restore.stopped", "etcd and the control planes are stopped", `${of}.stop`, stop, after),
    step("restore.swapped", "The restored data is in place", `${of}.swap`, swap, "restore.stopped"),
    step("restore.started", "etcd runs on the restored data", `${of}.start`, start, "restore.swapped"),
    step(
      "restore.serves",
      "The control planes serve the restored data",
      `${of}.serve`,
      serve,
      "restore.started",
    ),
    step(
      "workload.as-declared",
      "Controllers and kubelets bring workloads in line with it",
      "workload-as-declared",
      declared,
      "restore.serves",
    ),
  ];
}
