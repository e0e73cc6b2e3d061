// Writes the timeline: one JSON object a line, appended, never changed; and the same events into a store for live use.
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { messageOf, usageError } from "../base/errors.ts";
import type { TimelineEvent, Unstamped } from "./events.ts";
import { TimelineStore } from "./store.ts";

/** Lines wait this long at most before they are handed to the file; marks and faults are never kept back. */
const flushEveryMs = 500;

export class Recorder {
  readonly store = new TimelineStore();
  /** `performance.timeOrigin` based start, so that several processes of a run share one zero. */
  readonly #zero: number;
  readonly #file: number;
  #lines: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #listeners = new Set<(event: TimelineEvent) => void>();
  readonly #path: string;
  readonly #failure = new AbortController();

  /** @param path timeline.jsonl, made when missing @throws KubedrillError (usage) when it cannot be written */
  constructor(path: string) {
    this.#zero = performance.now();
    this.#path = path;
    try {
      this.#file = openSync(path, "a", 0o600);
    } catch (error) {
      throw usageError(`The timeline ${path} cannot be written: ${messageOf(error)}.`, { cause: error });
    }
    this.#timer = setInterval(() => {
      this.#write();
    }, flushEveryMs);
  }

  /** Aborts, with a sentence, when the timeline can no longer be written: without evidence nothing may stay broken. */
  get failed(): AbortSignal {
    return this.#failure.signal;
  }

  /** Milliseconds since the run began, monotonic, to a tenth. */
  now(): number {
    return Math.round((performance.now() - this.#zero) * 10) / 10;
  }

  /** Stamps and keeps an event; a given `t` is kept. Events that matter for healing reach the disk at once. */
  record(event: Unstamped): void {
    const stamped = { ...event, t: event.t ?? this.now() };
    this.store.append(stamped);
    this.#lines.push(JSON.stringify(stamped));
    if (stamped.type === "fault" || stamped.type === "mark") this.#write();
    for (const listener of this.#listeners) listener(stamped);
  }

  /** Calls back on every event from now on; returns the way to stop it. */
  listen(listener: (event: TimelineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Writes what is left, forces it to disk and closes the file. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#write();
    if (!this.failed.aborted) fsyncSync(this.#file);
    closeSync(this.#file);
  }

  #write(): void {
    if (this.#lines.length === 0) return;
    const text = `${this.#lines.join("\n")}\n`;
    this.#lines = [];
    try {
      writeSync(this.#file, text);
    } catch (error) {
      this.#failure.abort(
        usageError(`The timeline ${this.#path} cannot be written any more: ${messageOf(error)}.`, {
          cause: error,
        }),
      );
    }
  }
}
