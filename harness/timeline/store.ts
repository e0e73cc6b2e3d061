// A timeline in memory, indexed for judges and reports; filled live by the recorder or from timeline.jsonl.
import type {
  BlindEvent,
  GaugeEvent,
  MarkEvent,
  ProbeEvent,
  SampleEvent,
  StateEvent,
  TimelineEvent,
} from "./events.ts";
import { SampleSeries } from "./series.ts";

/** Everything but samples and gauges, in the order of recording. */
export type PlainEvent = Exclude<TimelineEvent, SampleEvent | GaugeEvent>;

export class TimelineStore {
  readonly events: PlainEvent[] = [];
  readonly probes = new Map<string, ProbeEvent>();
  readonly samples = new Map<string, SampleSeries>();
  /** probe → subject → changes in order. */
  readonly states = new Map<string, Map<string, StateEvent[]>>();
  readonly gauges = new Map<string, Map<string, GaugeEvent[]>>();
  readonly blind: BlindEvent[] = [];
  /** The latest `t` seen. */
  end = 0;

  append(event: TimelineEvent): void {
    this.end = Math.max(this.end, event.t);
    if (event.type === "sample") {
      series(this.samples, event.probe, () => new SampleSeries()).add(
        event.start,
        event.t,
        event.ok,
        event.error,
      );
      return;
    }
    if (event.type === "gauge") {
      const subjects = series(this.gauges, event.probe, () => new Map<string, GaugeEvent[]>());
      series(subjects, event.subject, () => []).push(event);
      return;
    }
    this.events.push(event);
    if (event.type === "probe") this.probes.set(event.probe, event);
    if (event.type === "blind") this.blind.push(event);
    if (event.type === "state") {
      const subjects = series(this.states, event.probe, () => new Map<string, StateEvent[]>());
      series(subjects, event.subject, () => []).push(event);
    }
  }

  /** Events of one type, in order; of one drill when given. */
  all<T extends PlainEvent["type"]>(type: T, drill?: string): Extract<PlainEvent, { type: T }>[] {
    const matches = (event: PlainEvent): event is Extract<PlainEvent, { type: T }> =>
      event.type === type && (drill === undefined || !("drill" in event) || event.drill === drill);
    return this.events.filter(matches);
  }

  /** The first mark of that name in a drill. */
  mark(drill: string, name: string): MarkEvent | undefined {
    return this.all("mark", drill).find((mark) => mark.name === name);
  }

  /** Begin and end of a drill; a drill still running ends at the latest event. */
  span(drill: string): { from: number; to: number } {
    const events = this.all("drill", drill);
    const finish = events.find((event) => event.state !== "started");
    return { from: events[0]?.t ?? 0, to: finish?.t ?? this.end };
  }

  /** What a state probe has said last of a subject; undefined: nothing yet. */
  lastValue(probe: string, subject: string): StateEvent["value"] | undefined {
    return this.states.get(probe)?.get(subject)?.at(-1)?.value;
  }

  /** The value of a subject at a time, or undefined when it was not seen yet. */
  stateAt(probe: string, subject: string, t: number): StateEvent | undefined {
    return this.states
      .get(probe)
      ?.get(subject)
      ?.findLast((event) => event.t <= t);
  }
}

function series<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
