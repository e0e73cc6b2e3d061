// What users felt by how many pods were Ready: the seconds of a load put together by that number, without loss.
import { newHistogram, type Histogram } from "../load/engine/histogram.ts";
import type { Counts } from "../load/engine/tally.ts";

export interface Felt {
  /** Pods that were Ready. */
  ready: number;
  seconds: number;
  answered: number;
  failed: number;
  /** Of every complete answer; null: there was none. */
  p50Ms: number | null;
  p99Ms: number | null;
  maxMs: number | null;
}

interface Heap {
  seconds: number;
  answered: number;
  failed: number;
  latency: Histogram;
}

export class ByReplicas {
  readonly #heaps = new Map<number, Heap>();
  #last: Heap | null = null;

  /** @param ready pods that were Ready when that second had ended */
  add(ready: number, { answered, failed }: Pick<Counts, "answered" | "failed">, latency: Histogram): void {
    const heap = this.#heaps.get(ready) ?? { seconds: 0, answered: 0, failed: 0, latency: newHistogram() };
    this.#heaps.set(ready, heap);
    this.#last = heap;
    heap.seconds += 1;
    heap.answered += answered;
    heap.failed += failed;
    heap.latency.add(latency);
  }

  /**
   * Fewest pods first.
   * @param seconds that the load lasted: the last one may have been a part of a second
   */
  felt(seconds: number): Felt[] {
    if (this.#last !== null) this.#last.seconds -= this.#excess(seconds);
    this.#last = null;
    return [...this.#heaps]
      .sort(([a], [b]) => a - b)
      .map(([ready, { seconds, answered, failed, latency }]) => {
        const ms = (us: number) => (latency.totalCount === 0 ? null : us / 1000);
        return {
          ready,
          seconds,
          answered,
          failed,
          p50Ms: ms(latency.getValueAtPercentile(50)),
          p99Ms: ms(latency.getValueAtPercentile(99)),
          maxMs: ms(latency.maxValue),
        };
      });
  }

  #excess(seconds: number): number {
    const counted = [...this.#heaps.values()].reduce((sum, each) => sum + each.seconds, 0);
    return Math.min(1, Math.max(0, counted - seconds));
  }
}
