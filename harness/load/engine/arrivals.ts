// When requests of an open loop are due: instants in microseconds after the start, the same for the same seed.
import type { Arrival, Share } from "./plan.ts";

/** @returns a function that gives the next instant each time */
export function arrivals(arrival: Exclude<Arrival, { kind: "closed" }>, share: Share): () => number {
  const gapUs = 1e6 / arrival.rateHz;
  if (arrival.kind === "constant") {
    let next = share.index;
    return () => {
      const due = next * gapUs;
      next += share.of;
      return due;
    };
  }
  // Independent Poisson streams add up to one whose rate is the sum.
  const random = mulberry32(arrival.seed + share.index * 0x9e3779b9);
  let due = 0;
  return () => {
    due += -Math.log(1 - random()) * gapUs * share.of;
    return due;
  };
}

/** A small, well distributed generator with a seed, which Math.random has not. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
