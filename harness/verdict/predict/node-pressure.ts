// What must happen when a machine's memory fills up: the kubelet evicts whoever is furthest over what it asked for, one
// pod at a time, before the kernel kills anybody; who stays within its request stays.
// Source: Kubernetes documentation, "Node-pressure Eviction", "Pod selection for kubelet eviction".
import type { MachineMemory } from "../../lab/memory.ts";
import type { Expectation, Window } from "../expectation.ts";
import { budgetOf, chain, figure, given, none } from "./budget.ts";
import { worksAsBefore } from "./expect-controllers.ts";
import { everMs } from "./expect-workload.ts";
import type { Prediction, PredictionInput } from "./input.ts";
import { harmless, type PressurePlan } from "./pressure-harmless.ts";
import { evicted, noticed, reported } from "./pressure-links.ts";
import { excessOf, fillsFor, monitoringMs, type Fill } from "./pressure-plan.ts";
import { situationOf, type Situation } from "./situation.ts";

const first: Window = { from: "outage.inject", to: "second.inject" };
const second: Window = { from: "second.inject", to: "second.heal" };
const whole: Window = { from: "outage.inject", to: "replacing" };
const relieved: Window = { from: "second.heal", to: "replacing" };

/** @throws KubedrillError (inconclusive) when it cannot be done on this machine without harm to others */
export function predictNodePressure(input: PredictionInput, plan: PressurePlan): Prediction {
  const { memory, pods } = plan;
  harmless(plan);
  const situation = situationOf(input, []);
  const fills = fillsFor(memory, pods);
  const { machine } = memory;
  const over = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  return {
    statements: [
      `The kubelet of ${machine} evicts when less than ${over(memory.thresholdBytes.value)} of ${memory.signal} are left; ${over(memory.freeBytes)} more can be used now.`,
      `Filled beyond it, it evicts ${pods.bestEffort.name} first, which is ${over(pods.bestEffort.usesBytes)} over what it asked for (nothing), within ${figure(evicted(situation, fills.first).ms)}; filled once more, ${pods.burstable.name}, ${over(excessOf(pods))} over its request.`,
      `${pods.guaranteed.name} and every other pod there stay: none is over its request by as much. The node is under memory pressure until ${figure(memory.transitionMs.value)} after it was last seen so.`,
    ],
    expectations: [
      pressed(situation, memory, fills.first),
      ...goes(situation, {
        id: "best-effort",
        machine,
        pod: pods.bestEffort.name,
        fill: fills.first,
        window: first,
        why: "Pods over their requests come first, among them the one that is over by the most",
      }),
      staysFor("burstable.waits", pods.burstable.name, machine, first),
      ...goes(situation, {
        id: "burstable",
        machine,
        pod: pods.burstable.name,
        fill: fills.second,
        window: second,
        why: "It is the next one: over its request, by less than the first",
      }),
      staysFor("guaranteed.stays", pods.guaranteed.name, machine, whole),
      othersRunOn(plan),
      relief(situation, memory),
      ...worksAsBefore(situation),
    ],
  };
}

function pressureSubject(situation: Situation, machine: string): string {
  const node = situation.input.topology.machines.find(({ name }) => name === machine)?.node ?? machine;
  return `memory-pressure:${node}`;
}

function pressed(situation: Situation, { machine }: MachineMemory, fill: Fill): Expectation {
  return {
    id: "node.pressed",
    title: `The node of ${machine} is said to be under memory pressure`,
    judge: {
      kind: "state-within",
      select: { probe: "nodes", subjects: [pressureSubject(situation, machine)] },
      want: { is: "True" },
      mustChange: true,
    },
    window: first,
    ...budgetOf(chain("under pressure", noticed(fill), reported(situation))),
    link: { name: "the node is under pressure", after: "fault" },
  };
}

interface Leaving {
  id: string;
  machine: string;
  pod: string;
  fill: Fill;
  window: Window;
  why: string;
}

function goes(situation: Situation, { id, machine, pod, fill, window, why }: Leaving): Expectation[] {
  const budget = budgetOf(evicted(situation, fill));
  return [
    {
      id: `${id}.evicted`,
      title: `${pod} has to go`,
      judge: {
        kind: "state-within",
        select: { probe: "extras", subjects: [`pod:${pod}`] },
        want: { is: `failed@${machine}` },
        mustChange: true,
      },
      window,
      ...budget,
      why: `${why}; ${budget.why}`,
      link: { name: `${pod} is evicted`, after: "fault" },
      headline: true,
    },
    {
      id: `${id}.by-kubelet`,
      title: `${pod} was evicted by the kubelet, not killed by the kernel`,
      judge: {
        kind: "state-within",
        select: { probe: "extras", subjects: [`failed-for:${pod}`] },
        want: { is: "Evicted" },
      },
      window,
      ...budget,
      why: `The kubelet looks before the kernel's own limit is reached; ${budget.why}`,
    },
  ];
}

function staysFor(id: string, pod: string, machine: string, window: Window): Expectation {
  return {
    id,
    title:
      window === first
        ? `${pod} stays while another one is enough`
        : `${pod} is neither evicted nor restarted`,
    judge: {
      kind: "state-holds",
      select: { probe: "extras", subjects: [`pod:${pod}`] },
      want: { is: `ready@${machine}` },
    },
    window,
    ...none(
      window === first
        ? "The kubelet evicts one pod at a time, and only as long as memory is short"
        : "Pods within their requests are evicted last, when no other is left",
    ),
  };
}

function othersRunOn({ memory, pods }: PressurePlan): Expectation {
  const leaving: string[] = [pods.bestEffort.name, pods.burstable.name];
  return {
    id: "others.run-on",
    title: `No other container on ${memory.machine} stops or restarts`,
    judge: {
      kind: "state-unchanged",
      select: {
        probe: "containers",
        subjects: memory.pods
          .filter(({ name }) => !leaving.includes(name))
          .map(({ namespace, name }) => `${memory.machine}/${namespace}/${name}/*`),
        bridgeMs: everMs,
      },
    },
    window: whole,
    ...none("The kubelet acts before the kernel does, and takes others first"),
  };
}

function relief(situation: Situation, { machine, transitionMs }: MachineMemory): Expectation {
  return {
    id: "node.relieved",
    title: `The node of ${machine} is no longer under memory pressure`,
    judge: {
      kind: "state-within",
      select: { probe: "nodes", subjects: [pressureSubject(situation, machine)] },
      want: { is: "False" },
      mustChange: true,
    },
    window: relieved,
    ...budgetOf(
      chain(
        "relieved",
        given("the kubelet waits", transitionMs),
        given("the kubelet looks", {
          value: monitoringMs,
          source: "kubernetes pkg/kubelet/kubelet.go, evictionMonitoringPeriod",
        }),
        reported(situation),
      ),
    ),
    link: { name: "the pressure is over", after: "fault" },
  };
}
