// Times of the usual length, counted by the microsecond: a histogram finds the place of each value by a logarithm, which
// costs as much as all else that is written down of a request.
import { record, type Histogram } from "./histogram.ts";

const longestUs = 16_383;

export class ShortTimes {
  readonly #counts = new Uint32Array(longestUs + 1);

  /** @returns false when it is too long to be kept here */
  take(us: number): boolean {
    if (us > longestUs) return false;
    const place = us > 0 ? us : 0;
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    return true;
  }

  /** Writes all of them into each of the histograms and forgets them. */
  moveTo(histograms: readonly Histogram[]): void {
    this.#counts.forEach((count, us) => {
      if (count > 0) for (const each of histograms) record(each, us, count);
    });
    this.#counts.fill(0);
  }
}
