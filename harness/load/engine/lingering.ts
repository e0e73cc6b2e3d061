// Wires that are done with and wait for the other side to close first. One timer looks after all of a thread: a timer
// for each would cost more than the request did.
const generationMs = 1000;

export interface Closable {
  close(): void;
}

/** Each is closed at the latest after two generations. */
export class Lingering {
  #young = new Set<Closable>();
  #old = new Set<Closable>();
  #timer: NodeJS.Timeout | null = null;

  add(wire: Closable): void {
    this.#young.add(wire);
    this.#timer ??= setInterval(() => {
      this.#next();
    }, generationMs).unref();
  }

  /** It was closed. */
  delete(wire: Closable): void {
    if (!this.#young.delete(wire)) this.#old.delete(wire);
  }

  #next(): void {
    for (const each of [...this.#old]) each.close();
    this.#old = this.#young;
    this.#young = new Set();
    if (this.#old.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
