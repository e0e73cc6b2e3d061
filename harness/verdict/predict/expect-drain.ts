// What a drained node must show, and what its pods and users must not: see drain.ts for the three drains.
import type { Expectation, Window } from "../expectation.ts";
import { budgetOf, chain, given, none, type Link } from "./budget.ts";
import { look, request } from "./common-links.ts";
import type { CarelessDrains } from "./drain.ts";
import { everMs, podsOn } from "./expect-workload.ts";
import type { Situation } from "./situation.ts";
import { afterwards, during } from "./windows.ts";

const refusal: Window = { from: "refusal.inject", to: "refusal.heal" };
const blocked: Window = { from: "blocked.inject", to: "blocked.heal" };
/** From the first of the three drains to the end of the last. */
export const fromFirstToLast: Window = { from: "refusal.inject", to: "outage.heal" };

export function refuses({ input }: Situation, machine: string, { barePod }: CarelessDrains): Expectation[] {
  return [
    {
      id: "drain.refused",
      title: "Without flags the drain refuses the bare pod and the DaemonSet's pod by name",
      judge: { kind: "facts-agree", before: "predicted.refused", after: "refusal.refused", how: "contains" },
      window: refusal,
      ...none("A bare pod would be lost for good, and a DaemonSet's pod made anew at once"),
    },
    samePods(
      "drain.refused-touches-nothing",
      "A drain that refuses evicts nothing",
      [...podsOn(input, machine), barePod],
      refusal,
      "It decides before it evicts the first pod",
    ),
  ];
}

export function respectsBudget(
  situation: Situation,
  machine: string,
  { barePod }: CarelessDrains,
): Expectation[] {
  const { input } = situation;
  const gone = chain(
    "gone",
    given("cordon and list", situation.allowances.requestMs),
    request(situation),
    given("termination", input.workload.terminationGraceMs),
    look(situation),
  );
  return [
    samePods(
      "budget.respected",
      "A disruption budget of 0 lets no pod be evicted",
      podsOn(input, machine),
      blocked,
      'The Eviction API asks every disruption budget first (Kubernetes documentation, "API-initiated eviction")',
    ),
    {
      id: "budget.waited-for",
      title: "The drain waits for the disruption budget and is not done",
      judge: { kind: "fact", name: "blocked.drained", want: { is: false } },
      window: blocked,
      ...none("What must not be evicted cannot be drained"),
    },
    {
      id: "budget.named",
      title: "The drain says which disruption budget was in its way",
      judge: {
        kind: "facts-agree",
        before: "predicted.blocked-by",
        after: "blocked.blocked-by",
        how: "contains",
      },
      window: blocked,
      ...none("An operator must know what to look at"),
    },
    {
      id: "bare-pod.lost",
      title: "With force the pod without a controller is lost for good",
      judge: {
        kind: "state-within",
        select: { probe: "workload", subjects: [`pod:${barePod}`], bridgeMs: everMs },
        want: { is: null },
        mustChange: true,
      },
      window: { from: "blocked.inject", to: "end" },
      ...budgetOf(gone),
    },
  ];
}

export function empties(
  { input }: Situation,
  machine: string,
  links: { emptied: Link; full: Link },
): Expectation[] {
  const { replicas } = input.workload;
  return [
    {
      id: "drain.emptied",
      title: `No pod of the Deployment is left on ${machine}`,
      judge: {
        kind: "state-within",
        select: { probe: "workload", subjects: [`on:${machine}`] },
        want: { is: 0 },
        mustChange: true,
      },
      window: during,
      ...budgetOf(links.emptied),
      link: { name: "the pods are evicted", after: "fault" },
      headline: true,
    },
    {
      id: "drain.complete",
      title: "Every pod that was to be evicted was, and is gone",
      judge: { kind: "facts-agree", before: "outage.planned", after: "outage.evicted", how: "equal" },
      window: during,
      ...none("The budget always lets the next one go when the last one's replacement is Ready"),
      link: { name: "all are evicted", after: "drain.emptied" },
    },
    {
      id: "drain.full",
      title: `${String(replicas)} of ${String(replicas)} pods are Ready again`,
      judge: {
        kind: "state-within",
        select: { probe: "workload", subjects: ["ready"] },
        want: { is: replicas },
        mustChange: true,
      },
      window: during,
      ...budgetOf(links.full),
      link: { name: "pods are replaced", after: "drain.emptied" },
    },
  ];
}

export function budgetKept({ input }: Situation): Expectation {
  return {
    id: "budget.kept",
    title: "Never more than one pod of the Deployment is away",
    judge: {
      kind: "state-holds",
      select: { probe: "workload", subjects: ["ready"] },
      want: { atLeast: input.workload.replicas - 1 },
    },
    window: during,
    ...none("The disruption budget allows one at a time"),
  };
}

export function daemonStays({ daemonPod }: CarelessDrains): Expectation {
  return {
    id: "daemon.stays",
    title: "The DaemonSet's pod stays and serves all the time",
    judge: {
      kind: "state-unchanged",
      select: { probe: "extras", subjects: [`pod:${daemonPod}`, `uid:${daemonPod}`] },
    },
    window: { from: "refusal.inject", to: "end" },
    ...none("A drain leaves pods of DaemonSets where they are, because their controller ignores a cordon"),
  };
}

/** @param from the mark at which the first drain begins */
export function nodeStates(situation: Situation, machine: string, from: string): Expectation[] {
  const node = situation.input.topology.machines.find((each) => each.name === machine)?.node ?? machine;
  const subjects = [`cordoned:${node}`];
  return [
    {
      id: "node.stays-cordoned",
      title: `${machine} takes no new pods while it is drained`,
      judge: { kind: "state-holds", select: { probe: "nodes", subjects }, want: { is: "cordoned" } },
      window: { from: "outage.confirmed", to: "outage.heal" },
      ...none("A drain cordons first"),
    },
    {
      id: "node.uncordoned",
      title: `${machine} takes pods again`,
      judge: {
        kind: "state-within",
        select: { probe: "nodes", subjects },
        want: { is: null },
      },
      window: afterwards,
      ...budgetOf(chain("uncordoned", request(situation), look(situation))),
      link: { name: "the node is uncordoned", after: "fault" },
    },
    {
      id: "nodes.stay-ready",
      title: "Every node stays Ready",
      judge: {
        kind: "state-holds",
        select: { probe: "nodes", subjects: situation.livingNodes },
        want: { is: "True" },
      },
      window: { from },
      ...none("A drain is no outage: every kubelet lives"),
    },
  ];
}

function samePods(id: string, title: string, pods: string[], window: Window, why: string): Expectation {
  return {
    id,
    title,
    judge: {
      kind: "state-unchanged",
      select: { probe: "workload", subjects: pods.map((pod) => `pod:${pod}`) },
    },
    window,
    ...none(why),
  };
}
