// Which of the things a probe sees get a lane of their own. Probes also record what judges need: sums, single pods,
// single containers; a picture of all that would show nothing.
import type { ProbeEvent, StateEvent } from "../../harness/timeline/events.ts";
import type { TimelineStore } from "../../harness/timeline/store.ts";
import type { Period } from "./period.ts";

export interface Subject {
  /** The lane's name within its group. */
  label: string;
  /** Changes in order; a value may be derived from several subjects. */
  changes: Pick<StateEvent, "t" | "value" | "note">[];
  /** Whether blindness for a subject of the probe hides this lane. */
  hiddenBy: (subject: string) => boolean;
  /** Drawn only when something happened. */
  onlyIfEventful: boolean;
}

/** Sums and details of what is drawn anyway. */
const redundant = /^(holders|ready-count|term|pod:.*|uid:.*|ready:.*|member:.*)$/;
const secondary =
  /^(voters|learners|terminating|unschedulable.*|taint:.*|cordoned:.*|memory-pressure:.*|on:.*)$/;

/** Probes of pods beside the workload. */
const beside: ReadonlySet<string> = new Set(["extras", "ingress"]);

export function subjectsOf(store: TimelineStore, probe: ProbeEvent, period: Period): Subject[] {
  const states = [...(store.states.get(probe.probe) ?? new Map<string, StateEvent[]>())];
  const holder = states.some(([subject]) => subject === "holder");
  const single = states.filter(
    ([subject, events]) =>
      !subject.includes("/") &&
      !redundant.test(subject) &&
      // Where the pods are is drawn once, not again as endpoints.
      !(subject.startsWith("on:") && probe.probe !== probe.group) &&
      // Who has it, machine by machine, is what "holder" says in one lane.
      !(holder && typeof events[0]?.value === "boolean"),
  );
  return [
    ...single.map(([subject, changes]): Subject => ({
      label: labelOf(subject),
      changes: subject.startsWith(pressure) ? changes.map(underPressure) : changes,
      hiddenBy: (blind) => covers(blind, subject),
      // Most drills do nothing to what is beside the workload.
      onlyIfEventful: secondary.test(subject) || beside.has(probe.probe),
    })),
    ...summed(
      states.filter(([subject]) => subject.includes("/")),
      period.from,
    ),
  ];
}

const pressure = "memory-pressure:";

/** Of a node's condition: without it nothing is wrong, unlike with the condition Ready. */
function underPressure({ t, value }: StateEvent): Subject["changes"][number] {
  return { t, value: value === "True" ? "memory pressure" : value === "Unknown" ? value : null };
}

/** "on:cp1" → "on cp1", "members-healthy" → "members healthy". */
function labelOf(subject: string): string {
  if (subject.startsWith("taint:")) return `taint of ${subject.slice("taint:".length)}`;
  if (subject.startsWith("cordoned:")) return `cordon of ${subject.slice("cordoned:".length)}`;
  if (subject.startsWith(pressure)) return `memory of ${subject.slice(pressure.length)}`;
  return subject
    .replace(/^on:/, "on ")
    .replaceAll(/(?<=[a-z])-(?=[a-z])/g, subject.includes(" ") ? "-" : " ");
}

function covers(blind: string, subject: string): boolean {
  return blind.endsWith("*") ? subject.startsWith(blind.slice(0, -1)) : blind === subject;
}

/**
 * "machine/namespace/pod/container" → id: a lane per machine that counts what is there, and what came back with
 * another id since `from`.
 */
function summed(states: readonly [string, StateEvent[]][], from: number): Subject[] {
  const machines = new Map<string, StateEvent[]>();
  for (const [subject, events] of states) {
    const machine = subject.slice(0, subject.indexOf("/"));
    machines.set(machine, [...(machines.get(machine) ?? []), ...events]);
  }
  return [...machines].map(([machine, events]): Subject => ({
    label: machine,
    changes: countedChanges(
      events.sort((a, b) => a.t - b.t),
      from,
    ),
    hiddenBy: (blind) => blind.startsWith(`${machine}/`) && blind.endsWith("*"),
    onlyIfEventful: false,
  }));
}

function countedChanges(events: readonly StateEvent[], from: number): Subject["changes"] {
  const ids = new Map<string, StateEvent["value"]>();
  const present = new Set<string>();
  let restarts = 0;
  const changes: Subject["changes"] = [];
  for (const [index, event] of events.entries()) {
    if (event.value === null) present.delete(event.subject);
    else {
      present.add(event.subject);
      const known = ids.get(event.subject);
      if (known !== undefined && known !== event.value && event.t > from) restarts += 1;
      ids.set(event.subject, event.value);
    }
    // What one look at a machine found is one change.
    if (events[index + 1]?.t === event.t) continue;
    const value = restarts === 0 ? present.size : `${String(present.size)}, ${String(restarts)} restarted`;
    if (changes.at(-1)?.value !== value) changes.push({ t: event.t, value });
  }
  return changes;
}
