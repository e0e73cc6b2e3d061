// Durations in whole microseconds, in HDR histograms with three significant digits: any percentile within 0.1 %, and
// adding up those of several threads or machines loses nothing.
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from "hdr-histogram-js";

export type { Histogram } from "hdr-histogram-js";

export function newHistogram(): Histogram {
  return build({ bitBucketSize: 64, numberOfSignificantValueDigits: 3, autoResize: true });
}

/** Negative durations cannot be; a clock that was rounded may say −1. */
export function record(histogram: Histogram, us: number, times = 1): void {
  histogram.recordValueWithCount(us > 0 ? us : 0, times);
}

/** As in a HdrHistogram log: compressed, base64. */
export function encode(histogram: Histogram): string {
  return encodeIntoCompressedBase64(histogram);
}

export function decode(text: string): Histogram {
  return decodeFromCompressedBase64(text, 64);
}
