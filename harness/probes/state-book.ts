// What a state probe has said: values are written when they change, blind stretches while they last.
import type { StateEvent } from "../timeline/events.ts";
import type { Recorder } from "../timeline/recorder.ts";

type Value = StateEvent["value"];

/** A long blindness is written in pieces, so that a judge who looks meanwhile knows of it. */
const pieceMs = 1000;

export class StateBook {
  readonly #recorder: Recorder;
  readonly #probe: string;
  readonly #values = new Map<string, Value>();

  constructor(recorder: Recorder, probe: string) {
    this.#recorder = recorder;
    this.#probe = probe;
  }

  get(subject: string): Value | undefined {
    return this.#values.get(subject);
  }

  subjects(): IterableIterator<string> {
    return this.#values.keys();
  }

  set(subject: string, value: Value, note?: string): void {
    if (this.#values.get(subject) === value) return;
    this.#values.set(subject, value);
    const noted = note === undefined ? {} : { note };
    this.#recorder.record({ type: "state", probe: this.#probe, subject, value, ...noted });
  }

  /**
   * Sets all subjects under a prefix at once; those known and not given are seen to be absent (null).
   * @param notes said with a change of the subject's value
   */
  replace(
    prefix: string,
    values: ReadonlyMap<string, Value>,
    notes: ReadonlyMap<string, string> = new Map(),
  ): void {
    for (const [subject, value] of values) this.set(subject, value, notes.get(subject));
    for (const subject of this.#values.keys())
      if (subject.startsWith(prefix) && !values.has(subject)) this.set(subject, null);
  }
}

/** Stretches in which a probe, or some of its subjects, could not be seen. */
export class Blindness {
  readonly #recorder: Recorder;
  readonly #place: { probe: string; subject?: string };
  #seenAt: number;
  #blind: { from: number; why: string; timer: NodeJS.Timeout } | undefined;

  /** @param subject one subject, or a prefix ending in "*"; absent: every subject of the probe */
  constructor(recorder: Recorder, probe: string, subject?: string) {
    this.#recorder = recorder;
    this.#place = subject === undefined ? { probe } : { probe, subject };
    this.#seenAt = recorder.now();
  }

  /** Something was seen just now: a blindness is over. */
  seen(): void {
    this.#end();
    this.#seenAt = this.#recorder.now();
  }

  /** Nothing can be seen any more, since `from`; default: since the last time that something was. */
  lost(why: string, from = this.#seenAt): void {
    if (this.#blind !== undefined) return;
    const timer = setInterval(() => {
      this.#write();
    }, pieceMs);
    this.#blind = { from, why, timer };
  }

  stop(): void {
    this.#end();
  }

  #end(): void {
    this.#write();
    clearInterval(this.#blind?.timer);
    this.#blind = undefined;
  }

  #write(): void {
    if (this.#blind === undefined) return;
    const t = this.#recorder.now();
    this.#recorder.record({ type: "blind", ...this.#place, from: this.#blind.from, t, why: this.#blind.why });
    this.#blind.from = t;
  }
}
