// How long a closed loop leaves a target alone that has just failed it: without, an outage would be a storm.
import { neverConnected, type FailureKind } from "./failure-kind.ts";

const firstMs = 10;
const longestMs = 500;

/** @param streak failures of this connection in a row, from 1 */
export function pauseMs(streak: number, failure: FailureKind): number {
  // One lost connection says nothing of the target: the second one in a row does.
  const doublings = neverConnected(failure) ? streak - 1 : streak - 2;
  return doublings < 0 ? 0 : Math.min(longestMs, firstMs * 2 ** doublings);
}
