// A small simulation for tests: a service with a known truth, probes that look at it as real ones do, and the timeline
// that comes of it.
import type { StateEvent } from "../../timeline/events.ts";
import { TimelineStore } from "../../timeline/store.ts";
import type { Expectation, Judge } from "../expectation.ts";

export const drill = "test/drill";
/** ms at which the simulated fault is injected and healed, and at which the drill ends. */
export const injectMs = 10_000;
export const healMs = 40_000;
export const endMs = 60_000;

export interface Service {
  /** Half-open stretches in which nothing is answered. */
  down?: [number, number][];
  latencyMs?: number;
}

export interface Looking {
  tickMs?: number;
  timeoutMs?: number;
  /** Attempts that fail do so at once, as a refused connection, or after the time-out. */
  fails?: "at once" | "late";
  /** Stretches in which the probe makes no attempt. */
  asleep?: [number, number][];
  from?: number;
  to?: number;
  phaseMs?: number;
  labels?: Record<string, string>;
}

export class Simulation {
  readonly store = new TimelineStore();

  constructor(options: { healed?: boolean; ended?: boolean; confirmed?: boolean } = {}) {
    const { store } = this;
    const { healed = true, ended = true, confirmed = true } = options;
    store.append({ type: "drill", t: 0, drill, title: "A drill", state: "started" });
    this.mark("steady", injectMs - 1000);
    this.mark("outage.inject", injectMs);
    this.fault("active", injectMs + 200);
    this.mark("outage.injected", injectMs + 200);
    if (confirmed) this.fault("confirmed", injectMs + 400);
    if (healed) {
      this.mark("outage.heal", healMs);
      this.fault("healed", healMs + 500);
    }
    if (!ended) return;
    this.mark("end", endMs);
    store.append({ type: "drill", t: endMs, drill, title: "A drill", state: "completed" });
  }

  mark(name: string, t: number): void {
    this.store.append({ type: "mark", t, drill, name });
  }

  fault(state: "active" | "confirmed" | "healed" | "broken", t: number): void {
    const band = { label: "power", tone: "power" } as const;
    const which = {
      drill,
      fault: "run/1",
      kind: "machine.power-cut",
      title: "power cut of cp1",
      targets: ["cp1"],
    };
    this.store.append({ type: "fault", t, ...which, state, band });
  }

  /** Declares a probe and lets it look at a service. */
  samples(probe: string, service: Service, looking: Looking = {}): this {
    const {
      tickMs = 100,
      timeoutMs = 2000,
      fails = "at once",
      asleep = [],
      phaseMs = 0,
      labels = {},
    } = looking;
    const { down = [], latencyMs = 5 } = service;
    this.declare(probe, tickMs, timeoutMs, labels);
    const inside = (t: number, stretches: readonly [number, number][]) =>
      stretches.some(([from, to]) => t >= from && t < to);
    for (let start = (looking.from ?? 0) + phaseMs; start < (looking.to ?? endMs); start += tickMs) {
      if (inside(start, asleep)) continue;
      const ok = !inside(start, down);
      const t = ok ? start + latencyMs : start + (fails === "late" ? timeoutMs : 1);
      const error = fails === "late" ? "timeout" : "refused";
      this.store.append({ type: "sample", t, probe, start, ok, ...(ok ? {} : { error }) });
    }
    return this;
  }

  /** Declares a state probe and its changes: [t, value] per subject. */
  states(probe: string, subjects: Record<string, [number, StateEvent["value"]][]>, tickMs = 100): this {
    this.declare(probe, tickMs, 1000);
    for (const [subject, changes] of Object.entries(subjects))
      for (const [t, value] of changes) this.store.append({ type: "state", t, probe, subject, value });
    return this;
  }

  blind(probe: string, from: number, to: number, subject?: string): this {
    const whose = subject === undefined ? {} : { subject };
    this.store.append({ type: "blind", t: to, from, probe, ...whose, why: "a test" });
    return this;
  }

  expect(judge: Judge, rest: Partial<Expectation> = {}): Expectation {
    const expectation = expectationOf(judge, rest);
    this.store.append({ type: "expectation", t: injectMs - 500, drill, expectation });
    return expectation;
  }

  private declare(
    probe: string,
    tickMs: number,
    timeoutMs: number,
    labels: Record<string, string> = {},
  ): void {
    this.store.append({
      type: "probe",
      t: 0,
      probe,
      title: probe,
      group: "api",
      tickMs,
      timeoutMs,
      labels,
    });
  }
}

/** An expectation over the fault, in seconds, unless told otherwise. */
export function expectationOf(judge: Judge, rest: Partial<Expectation> = {}): Expectation {
  return {
    id: "promise",
    title: "The promise",
    judge,
    window: { from: "outage.inject", to: "outage.heal" },
    unit: "s",
    budget: 5,
    why: "",
    inputs: [],
    ...rest,
  };
}
