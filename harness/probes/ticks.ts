// How often each probe looks, and when within its tick. What users depend on is asked at the full rate; what is asked
// of every single machine or member is asked less often, because on a small lab the asking itself is load: a write
// costs the cluster about 10 ms of CPU, a read with quorum 3 ms (all members together).

export interface TickOptions {
  /** Full rate: one attempt each so many milliseconds. */
  tickMs: number;
  /** Ticks of single probes by id; a name that ends in "*" means all that begin so. The longest match wins. */
  overrides?: Record<string, number>;
}

/**
 * `path`: what users depend on, the full rate. `kept`: the same on one kept connection, whose client may wait 45 s before
 * it looks for another; `kept-direct`: that of each API server. `direct`: each API server or machine by itself.
 * `member`: each etcd member. `look`: a stream from a machine (changes come sooner). `power`: a question to the
 * provider. `patient`: one attempt that may take more than a minute.
 */
export type Cadence = "path" | "kept" | "direct" | "kept-direct" | "member" | "look" | "power" | "patient";

const factors: Record<Cadence, number> = {
  path: 1,
  kept: 4,
  direct: 5,
  "kept-direct": 20,
  member: 5,
  look: 5,
  power: 20,
  patient: 50,
};

export class Ticks {
  readonly #options: TickOptions;
  #given = 0;

  constructor(options: TickOptions) {
    this.#options = options;
  }

  of(id: string, cadence: Cadence): number {
    const { overrides = {}, tickMs } = this.#options;
    const matching = Object.keys(overrides).filter((name) =>
      name.endsWith("*") ? id.startsWith(name.slice(0, -1)) : id === name,
    );
    const [best] = matching.sort((a, b) => b.length - a.length);
    return (best === undefined ? undefined : overrides[best]) ?? tickMs * factors[cadence];
  }

  /** Where in the tick the next probe looks: spread evenly whatever their number (golden section). */
  phase(): number {
    this.#given += 1;
    return Math.round(((this.#given * 0.618) % 1) * this.#options.tickMs);
  }
}
