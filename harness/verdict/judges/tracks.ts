// What a state probe knows of its subjects over a window, as pieces of constant value with blind ones in between.
import type { StateEvent } from "../../timeline/events.ts";
import type { TimelineStore } from "../../timeline/store.ts";
import type { StateSelector, Want } from "../expectation.ts";
import type { Span } from "./window.ts";

/** Probes write a long blindness in pieces of a second, so one that ended just before the record does may go on. */
const pieceMs = 1500;
/** A blind stretch up to so long, with the same value on both sides, counts as unchanged unless told otherwise. */
const bridgeMsDefault = 2000;

export type Value = StateEvent["value"];

export interface Piece {
  from: number;
  to: number;
  /** undefined: not known. */
  value: Value | undefined;
  /** It may have begun so much earlier than was seen. */
  slackMs: number;
}

export interface Track {
  subject: string;
  /** Without holes, from the window's beginning to its end. */
  pieces: Piece[];
}

/**
 * @param beginning whether subjects must have been seen when the window began (for what must stay), or may appear later
 * @returns the tracks, or a sentence what was never seen
 */
export function tracksOf(
  store: TimelineStore,
  select: StateSelector,
  span: Span,
  beginning: "known" | "open",
): Track[] | string {
  const probe = store.probes.get(select.probe);
  if (probe === undefined) return `The probe ${select.probe} was not running`;
  const seen = [...(store.states.get(select.probe) ?? [])];
  const limit = beginning === "known" ? span.from : span.to;
  const visible = seen
    .filter(([, events]) => (events[0]?.t ?? Infinity) <= limit)
    .map(([subject]) => subject);
  const wanted = select.subjects ?? ["*"];
  const unseen = wanted.find((pattern) => !visible.some((subject) => matches(subject, pattern)));
  if (unseen !== undefined)
    return `${probe.title}: nothing was seen of ${unseen === "*" ? "any subject" : unseen} ${beginning === "known" ? "before the window began" : "in the window"}`;
  const subjects = visible.filter((subject) => wanted.some((pattern) => matches(subject, pattern)));
  return subjects.map((subject) => ({
    subject,
    pieces: piecesOf(store, select, subject, span, probe.tickMs),
  }));
}

export function fulfils(value: Value, want: Want): boolean {
  if ("is" in want) return value === want.is;
  if ("not" in want) return value !== want.not;
  if ("oneOf" in want) return want.oneOf.includes(value);
  return typeof value === "number" && value >= want.atLeast;
}

/** A value as a person reads it. */
export function said(value: Value | undefined): string {
  if (value === undefined) return "unknown";
  return value === null ? "absent" : String(value);
}

function matches(subject: string, pattern: string): boolean {
  return pattern.endsWith("*") ? subject.startsWith(pattern.slice(0, -1)) : subject === pattern;
}

function piecesOf(
  store: TimelineStore,
  select: StateSelector,
  subject: string,
  span: Span,
  tickMs: number,
): Piece[] {
  const events = store.states.get(select.probe)?.get(subject) ?? [];
  const dark = store.blind
    .filter((each) => each.probe === select.probe && matches(subject, each.subject ?? "*"))
    .map((each) => ({ from: each.from, to: each.t }));
  const times = [...events.map((each) => each.t), ...dark.flatMap((each) => [each.from, each.to])];
  const cuts = [...new Set(times)].sort((a, b) => a - b);
  const last = Math.max(span.to, store.end);
  const sightAgain = (from: number, to: number) =>
    to < last || to - from > pieceMs || !dark.some((each) => each.to === from);
  const pieces = cuts.map((from, index): Piece => {
    const to = cuts[index + 1] ?? last;
    const known = sightAgain(from, to) && !dark.some((each) => each.from <= from && from < each.to);
    const value = known ? events.findLast((each) => each.t <= from)?.value : undefined;
    return { from, to, value, slackMs: tickMs };
  });
  // Bridged over the whole record: what was seen just outside the window tells of blind stretches at its edges.
  return clipped(merged(bridged(merged(pieces), select.bridgeMs ?? bridgeMsDefault)), span);
}

/** Exactly the window: cut at its edges, and unknown where nothing was seen yet. */
function clipped(pieces: Piece[], { from, to }: Span): Piece[] {
  const inside = pieces
    .filter((piece) => piece.to > from && piece.from < to)
    .map((piece) => ({
      ...piece,
      from: Math.max(piece.from, from),
      to: Math.min(piece.to, to),
      slackMs: piece.from <= from ? 0 : piece.slackMs,
    }));
  const [first] = inside;
  if (first === undefined) return [{ from, to, value: undefined, slackMs: 0 }];
  return first.from > from ? [{ from, to: first.from, value: undefined, slackMs: 0 }, ...inside] : inside;
}

function bridged(pieces: Piece[], bridgeMs: number): Piece[] {
  return pieces.map((piece, index) => {
    const before = pieces[index - 1]?.value;
    const same = before !== undefined && before === pieces[index + 1]?.value;
    const unknown = piece.value === undefined;
    return unknown && same && piece.to - piece.from <= bridgeMs ? { ...piece, value: before } : piece;
  });
}

function merged(pieces: Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (last !== undefined && last.value === piece.value) last.to = piece.to;
    else result.push({ ...piece });
  }
  return result;
}
