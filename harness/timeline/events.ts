// Every kind of line in timeline.jsonl. The timeline is the only thing that verdicts and reports know of a run:
// whatever they need is an event. All `t`, `start`, `end` are milliseconds since the run began, on one monotonic clock.
import type { Expectation } from "../verdict/expectation.ts";
import type { Settings, Topology } from "../lab/facts.ts";

/** First event of every run. */
export interface RunEvent {
  type: "run";
  t: number;
  /** Version of the event format. */
  schema: 1;
  id: string;
  plan: string;
  /** Wall time at t = 0, ISO 8601 UTC; for display only. */
  startedAt: string;
  seed: number;
  kubedrillVersion: string;
  nodeVersion: string;
  host: string;
  arguments: string[];
}

export interface RunEndEvent {
  type: "run-end";
  t: number;
  outcome: "completed" | "interrupted" | "failed";
  reason?: string;
}

/** What was tested: identity, layout and settings, as read before the first drill. */
export interface LabEvent {
  type: "lab";
  t: number;
  name: string;
  fingerprint: string;
  topology: Topology;
  settings: Settings;
}

export interface DrillEvent {
  type: "drill";
  t: number;
  drill: string;
  title: string;
  /** `unavailable`: the lab lacks what the drill needs; `aborted`: interrupted or broken off by an error. */
  state: "started" | "completed" | "inconclusive" | "unavailable" | "aborted";
  reason?: string;
}

/** A named instant of a drill; windows of expectations refer to these by name. */
export interface MarkEvent {
  type: "mark";
  t: number;
  drill: string;
  name: string;
  note?: string;
}

export type FaultState = "ready" | "injecting" | "active" | "confirmed" | "healing" | "healed" | "broken";

export interface FaultEvent {
  type: "fault";
  t: number;
  drill: string;
  /** Unique in the run; also the id of its ledger entry. */
  fault: string;
  kind: string;
  title: string;
  /** Names of what is broken: machines, pods. */
  targets: string[];
  state: FaultState;
  /**
   * How the band is named and coloured in the report; `tone` is one of a fixed, colour-blind-safe set. `verb`: what machines
   * are said to have suffered, where the tone alone says something else.
   */
  band: { label: string; tone: "power" | "freeze" | "network" | "pod" | "service" | "data"; verb?: string };
  note?: string;
}

/** Declares a probe: what it asks, by which path, how often. Comes before its samples or states. */
export interface ProbeEvent {
  type: "probe";
  t: number;
  probe: string;
  title: string;
  /** The report's lane group. */
  group: "api" | "vip" | "etcd" | "nodes" | "workload" | "http" | "machines" | "harness" | "load";
  tickMs: number;
  timeoutMs: number;
  /** Labels for selection, e.g. { verb: "write", via: "vip", connection: "fresh", machine: "cp1" }. */
  labels: Record<string, string>;
}

/** One attempt of a probe that asks yes/no questions. */
export interface SampleEvent {
  type: "sample";
  /** End of the attempt. */
  t: number;
  probe: string;
  start: number;
  ok: boolean;
  /** Why it failed, one of few words: "timeout", "refused", "reset", "http 503", … */
  error?: string;
}

/** A value that a probe sees (holder, leader, readiness, container id); written when it changes and when first seen. */
export interface StateEvent {
  type: "state";
  t: number;
  probe: string;
  subject: string;
  /** null: seen to be absent. */
  value: string | number | boolean | null;
  note?: string;
}

/** From `from` to `t` the probe could not see (stream cut, harness late); its last value is not evidence in there. */
export interface BlindEvent {
  type: "blind";
  t: number;
  probe: string;
  /** One subject, or a prefix ending in "*"; absent: every subject of the probe. */
  subject?: string;
  from: number;
  why: string;
}

/** A number over time: lease age, CPU, raft index. */
export interface GaugeEvent {
  type: "gauge";
  t: number;
  probe: string;
  subject: string;
  value: number;
  unit: string;
}

/** Something read once: member ids, cluster UID, replicas before and after. */
export interface FactEvent {
  type: "fact";
  t: number;
  drill: string;
  name: string;
  value: string | number | boolean | null | string[] | Record<string, string | number | boolean | null>;
}

/** Something the harness did on purpose besides faults (roll out, write, restore step), with its duration. */
export interface ActionEvent {
  type: "action";
  t: number;
  drill: string;
  name: string;
  title: string;
  start: number;
  ok: boolean;
  error?: string;
  /** What was run where, at once: enough for a person to do it again. */
  commands?: { machine: string; text: string }[];
}

/** What became of the sequenced writes of one writer in one drill. */
export interface AuditEvent {
  type: "audit";
  t: number;
  drill: string;
  writer: string;
  attempted: number;
  acknowledged: number;
  /** Attempts whose outcome is unknown (timed out, connection lost): they may or may not be there. */
  unknown: number;
  /** Sequence numbers acknowledged and not found afterwards. */
  lost: number[];
  /** Absent when the audit could read everything; else why it could not. */
  incomplete?: string;
}

/** Said before the fault: sentences and the expectations that follow from topology and settings. */
export interface PredictionEvent {
  type: "prediction";
  t: number;
  drill: string;
  statements: string[];
}

export interface ExpectationEvent {
  type: "expectation";
  t: number;
  drill: string;
  expectation: Expectation;
}

/** What the harness does, in words, for the report's log. */
export interface LogEvent {
  type: "log";
  t: number;
  drill?: string;
  level: "info" | "warning" | "error";
  message: string;
}

export type TimelineEvent =
  | RunEvent
  | RunEndEvent
  | LabEvent
  | DrillEvent
  | MarkEvent
  | FaultEvent
  | ProbeEvent
  | SampleEvent
  | StateEvent
  | BlindEvent
  | GaugeEvent
  | FactEvent
  | ActionEvent
  | AuditEvent
  | PredictionEvent
  | ExpectationEvent
  | LogEvent;

/** An event before the recorder stamps it. */
export type Unstamped<E extends TimelineEvent = TimelineEvent> = E extends TimelineEvent
  ? Omit<E, "t"> & { t?: number }
  : never;
