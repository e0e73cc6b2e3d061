// What a report shows, as plain data: made once from timeline and verdict, then written as HTML, Markdown, JUnit and
// text. Times are milliseconds from the drill's injection (negative: before it) unless a name says otherwise.
import type { Expectation, Judgement, Verdict } from "../harness/verdict/expectation.ts";

export interface ReportModel {
  run: RunHeader;
  verdict: Verdict;
  /** One sentence: did the cluster keep its promises? */
  sentence: string;
  /** Why not entirely: broken promises and missing evidence, one sentence each, with the drill it is about. */
  shortfalls: Shortfall[];
  counts: Record<Verdict, number>;
  drills: DrillModel[];
  unavailable: { id: string; title: string; reason: string }[];
  lab: LabModel | null;
}

export interface Shortfall {
  drill: string;
  anchor: string;
  verdict: Verdict;
  sentence: string;
}

export interface RunHeader {
  id: string;
  plan: string;
  lab: string;
  /** ISO 8601 UTC. */
  startedAt: string;
  durationMs: number;
  outcome: string;
  outcomeReason: string;
  seed: number;
  kubedrillVersion: string;
  nodeVersion: string;
  host: string;
  arguments: string[];
}

export interface DrillModel {
  id: string;
  /** Unique in the document, for links: `#drill-…`. */
  anchor: string;
  title: string;
  verdict: Verdict;
  reason: string;
  /** What a manager reads: what was lost, and what users felt. */
  sentence: string;
  headlines: PromiseModel[];
  predictions: string[];
  missing: string[];
  axis: Axis;
  faults: FaultBand[];
  lanes: LaneGroup[];
  waterfall: Waterfall | null;
  availability: Availability | null;
  latency: Latency | null;
  /** Of a drill that sends load in stages. */
  curves: Curves | null;
  stages: StageTable | null;
  /** Of such a drill: by how many pods were Ready. */
  felt: StageTable | null;
  /** Of a drill that restores etcd. */
  recovery: RecoveryModel | null;
  promises: PromiseModel[];
  log: LogRow[];
  facts: { name: string; value: string }[];
  /** Wall time of the injection, ISO 8601 UTC. */
  zeroAt: string;
  durationMs: number;
}

/** Maps time to a horizontal position in per cent: straight pieces, some of them folded. */
export interface Axis {
  from: number;
  to: number;
  pieces: { from: number; to: number; left: number; right: number; folded: boolean }[];
  ticks: { at: number; left: number; label: string }[];
}

export interface FaultBand {
  id: string;
  label: string;
  tone: string;
  targets: string[];
  title: string;
  injected: number;
  confirmed: number | null;
  /** Null: not healed before the drill ended. */
  healed: number | null;
}

/** How a stretch looks; each has a colour, a texture and a word. `place-N`: the Nth machine. */
export type Tone = "good" | "partly" | "bad" | "off" | "absent" | "unseen" | "changed" | `place-${string}`;

export interface LaneGroup {
  group: string;
  title: string;
  lanes: Lane[];
  /** What is not drawn, if anything. */
  note: string;
}

export interface Lane {
  label: string;
  /** Every subject that behaved like this; more than one when their constant lanes were joined. */
  subjects: string[];
  segments: Segment[];
  /** The lane in one short figure: "3.4 s without answer", "cp1 → cp2". */
  figure: string;
  eventful: boolean;
}

export interface Segment {
  from: number;
  to: number;
  label: string;
  tone: Tone;
  detail: string;
}

export interface Waterfall {
  axis: Axis;
  links: WaterfallLink[];
}

export interface WaterfallLink {
  name: string;
  anchor: string;
  verdict: Verdict;
  /** Where its predecessor was predicted to end, and ended. */
  predictedFrom: number;
  measuredFrom: number;
  earliest: number | null;
  expected: number | null;
  budget: number | null;
  /** Null: never seen. */
  measured: number | null;
  figure: string;
}

export interface Availability {
  bucketMs: number;
  rows: { label: string; from: number; ok: number[]; total: number[] }[];
}

export interface Latency {
  series: LatencySeries[];
}

/** At most `maxPoints` buckets; a bucket without a success has nulls. Durations in ms. */
export interface LatencySeries {
  label: string;
  bucketMs: number;
  at: number[];
  min: (number | null)[];
  median: (number | null)[];
  max: (number | null)[];
  failed: number[];
}

/** Rows of lines over the drill's time, each row on a scale of its own. */
export interface Curves {
  rows: { label: string; unit: string; lines: Curve[] }[];
}

export interface Curve {
  label: string;
  /** The value holds until the next point. */
  step: boolean;
  points: { at: number; value: number }[];
  /** Where two points are further apart the line is broken. */
  gapMs: number;
}

export interface StageTable {
  columns: string[];
  rows: { stage: string; figures: Record<string, string | number | boolean | null>; slow: string | null }[];
}

export interface RecoveryModel {
  /** Where the data came from: "the snapshot", or "the survivor's data". */
  source: string;
  /** Its last revision. */
  revision: number | null;
  writes: { what: string; count: number | null }[];
  lostSeconds: number | null;
  watcher: string | null;
  canaries: { object: string; wanted: string; seen: string | null }[];
  members: { member: string; before: string | null; after: string | null; knows: string | null }[];
  /** What happened after the snapshot and reaches beyond the store. */
  drift: { what: string; was: string; is: string; undone: boolean }[];
  runbook: RunbookStep[];
}

export interface RunbookStep {
  phase: string;
  title: string;
  at: number;
  durationMs: number;
  ok: boolean;
  commands: { machines: string[]; text: string }[];
}

export interface PromiseModel {
  anchor: string;
  id: string;
  title: string;
  verdict: Verdict;
  unit: Expectation["unit"];
  budget: number | null;
  expected: number | null;
  /** Not before, in `unit`. */
  earliest: number | null;
  measured: number | null;
  uncertainty: number;
  seen: string;
  why: string;
  inputs: Expectation["inputs"];
  judge: Expectation["judge"]["kind"];
  window: string;
  /** Where it was decided. */
  at: Judgement["at"];
  headline: boolean;
  /** Title of the promise in whose shadow this one failed. */
  foldedUnder: string | null;
  /** When it could no longer be kept; null when it did not fail. */
  brokenAt: number | null;
}

export interface LogRow {
  anchor: string;
  at: number;
  kind: "fault" | "drill" | "mark" | "action" | "blind" | "info" | "warning" | "error";
  text: string;
}

export interface LabModel {
  name: string;
  fingerprint: string;
  facts: { name: string; value: string }[];
  machines: LabMachine[];
  settings: { group: string; name: string; value: string; source: string }[];
}

interface LabMachine {
  name: string;
  role: string;
  address: string;
  node: string;
  kubelet: string;
  runtime: string;
  os: string;
  member: string;
  roles: string[];
}
