// From a pod as the API has it to what a probe says of it. Pure; written so that half-filled objects do no harm.
import type { V1Pod, V1PodCondition } from "@kubernetes/client-node";
import type { StateEvent } from "../timeline/events.ts";

type Values = Map<string, StateEvent["value"]>;
type PodWord = "ready" | "not-ready" | "starting" | "terminating" | "done" | "failed";

/** What is said of a pod: of thousands of pods nothing else is kept. */
export interface BriefPod {
  name: string;
  uid: string | null;
  word: PodWord;
  /** Why it has failed ("Evicted"); null when it has not. */
  failedFor: string | null;
  node: string | undefined;
  /** The label `app`. */
  app: string | undefined;
  /** A pod without a controller is nobody's replica. */
  controlled: boolean;
  /** What nodes lack for it, by the scheduler's word; null when the scheduler has not refused it. */
  lacks: string[] | null;
}

export function briefPod({ metadata, spec, status }: V1Pod): BriefPod {
  const word = wordOf(metadata?.deletionTimestamp !== undefined, status);
  return {
    name: metadata?.name ?? "",
    uid: metadata?.uid ?? null,
    word,
    failedFor: word === "failed" ? (status?.reason ?? "unknown") : null,
    node: spec?.nodeName,
    app: metadata?.labels?.app,
    controlled: metadata?.ownerReferences?.some((each) => each.controller === true) ?? false,
    lacks: refusals(status?.conditions?.find((each) => each.type === "PodScheduled")),
  };
}

/**
 * Per pod, under "pod:<name>", "<word>@<machine>" with the word ready, not-ready, starting, terminating, done or
 * failed, its UID under "uid:<name>", and of one that has failed under "failed-for:<name>" why ("Evicted"); "ready": pods of a controller that are Ready and not on their way out, as the
 * API says; "on:<machine>" the same per machine, "ready:<app>" per label `app`; "terminating": pods on their way out;
 * "unschedulable": pods for which the scheduler finds no node, and under "unschedulable-for" what it says they lack.
 */
export function podValues(
  pods: readonly BriefPod[],
  machines: readonly string[],
  machineOf: (node: string) => string,
): Values {
  const values: Values = new Map(machines.map((machine) => [`on:${machine}`, 0]));
  const count = (subject: string) => values.set(subject, Number(values.get(subject) ?? 0) + 1);
  values.set("ready", 0).set("terminating", 0).set("unschedulable", 0);
  const lacking = new Set<string>();
  for (const { name, uid, word, failedFor, node, app, controlled, lacks } of pods) {
    const machine = node === undefined ? undefined : machineOf(node);
    values.set(`pod:${name}`, machine === undefined ? word : `${word}@${machine}`);
    values.set(`uid:${name}`, uid);
    if (failedFor !== null) values.set(`failed-for:${name}`, failedFor);
    if (word === "terminating") count("terminating");
    if (machine === undefined && lacks !== null) {
      count("unschedulable");
      for (const each of lacks) lacking.add(each);
    }
    if (controlled && app !== undefined && !values.has(`ready:${app}`)) values.set(`ready:${app}`, 0);
    if (word !== "ready" || !controlled) continue;
    count("ready");
    if (app !== undefined) count(`ready:${app}`);
    if (machine !== undefined) count(`on:${machine}`);
  }
  return values.set("unschedulable-for", lacking.size === 0 ? null : [...lacking].sort().join(" + "));
}

function wordOf(deleted: boolean, status: V1Pod["status"]): PodWord {
  if (deleted) return "terminating";
  if (status?.phase === "Succeeded") return "done";
  if (status?.phase === "Failed") return "failed";
  if (status?.phase !== "Running") return "starting";
  return status.conditions?.some((each) => each.type === "Ready" && each.status === "True") === true
    ? "ready"
    : "not-ready";
}

/**
 * What nodes lack, out of the scheduler's sentence "0/5 nodes are available: 2 Insufficient memory, 3 node(s) had
 * untolerated taint(s). …": only its resources, because taints say where a pod may not go, not what is missing.
 */
function refusals(scheduled: V1PodCondition | undefined): string[] | null {
  if (scheduled?.status !== "False" || scheduled.reason !== "Unschedulable") return null;
  const found = (scheduled.message ?? "").matchAll(/\d+ (Insufficient [\w.\-/]+\w|Too many pods)/g);
  return [...found].map((each) => each[1] ?? "");
}
