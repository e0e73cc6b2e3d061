// Samples of one probe in growing columns: a million attempts must fit in memory and be walked fast.

export interface Sample {
  start: number;
  end: number;
  ok: boolean;
  error: string | undefined;
}

/** Their number plus "ok" and "other" fits a byte. */
const mostWords = 250;

export class SampleSeries {
  #starts = new Float64Array(256);
  #ends = new Float64Array(256);
  /** 0: ok; else 1 + index into the error words. */
  #results = new Uint8Array(256);
  #words: string[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(start: number, end: number, ok: boolean, error: string | undefined): void {
    if (this.#length === this.#starts.length) this.#grow();
    this.#starts[this.#length] = start;
    this.#ends[this.#length] = end;
    this.#results[this.#length] = ok ? 0 : 1 + this.#word(error ?? "failed");
    this.#length += 1;
  }

  at(index: number): Sample {
    const result = this.#results[index];
    const start = this.#starts[index];
    const end = this.#ends[index];
    if (index >= this.#length || result === undefined || start === undefined || end === undefined)
      throw new RangeError(`sample ${String(index)} of ${String(this.#length)}`);
    return { start, end, ok: result === 0, error: result === 0 ? undefined : this.#words[result - 1] };
  }

  /** Samples whose attempt began in [from, to), in order of their beginning. */
  within(from: number, to: number): Sample[] {
    const found: Sample[] = [];
    for (let index = 0; index < this.#length; index += 1) {
      const start = this.#starts[index] ?? 0;
      if (start >= from && start < to) found.push(this.at(index));
    }
    return found.sort((a, b) => a.start - b.start);
  }

  /** When the first answer came of those attempts that began at `from` or later; Infinity: none did. */
  answeredAfter(from: number): number {
    let earliest = Infinity;
    for (let index = 0; index < this.#length; index += 1)
      if (this.#results[index] === 0 && (this.#starts[index] ?? 0) >= from)
        earliest = Math.min(earliest, this.#ends[index] ?? Infinity);
    return earliest;
  }

  /** More words than fit are folded into "other": the series must stay small whatever servers say. */
  #word(error: string): number {
    const known = this.#words.indexOf(error);
    if (known >= 0) return known;
    if (this.#words.length > mostWords) return mostWords;
    this.#words.push(this.#words.length === mostWords ? "other" : error);
    return this.#words.length - 1;
  }

  #grow(): void {
    const size = this.#starts.length * 2;
    this.#starts = grown(this.#starts, new Float64Array(size));
    this.#ends = grown(this.#ends, new Float64Array(size));
    this.#results = grown(this.#results, new Uint8Array(size));
  }
}

function grown<A extends Float64Array | Uint8Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
