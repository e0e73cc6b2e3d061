// One clock for every thread and process on this host: CLOCK_MONOTONIC in microseconds. `performance.now()` is cheap
// enough to ask several times a request but starts with its thread, so the distance is taken once.
import { performance } from "node:perf_hooks";

const distanceUs = Number(process.hrtime.bigint() / 1000n) - performance.now() * 1000;

export function nowUs(): number {
  return Math.round(performance.now() * 1000 + distanceUs);
}
