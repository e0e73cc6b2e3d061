import type { V1Pod } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { lastEndsOf, oomKillsBetween } from "./oom-kills.ts";

/** Of a container, as in the API's JSON. */
type State = Record<string, { reason?: string; finishedAt?: Date }>;

function pod(uid: string, restartCount: number, state: State, lastState?: State): V1Pod {
  const container = { name: "web", restartCount, state, lastState };
  return { metadata: { uid }, status: { containerStatuses: [container] } } as unknown as V1Pod;
}
const running = { running: {} };
const killed = (second: number, reason = "OOMKilled") => ({
  terminated: { reason, finishedAt: new Date(second * 1000) },
});
const waiting = { waiting: { reason: "CrashLoopBackOff" } };
const kills = (before: V1Pod[], after: V1Pod[]) => oomKillsBetween(lastEndsOf(before), lastEndsOf(after));

test("a container that came back after it was killed for want of memory was killed as often as it was restarted", () => {
  expect(kills([pod("a", 0, running)], [pod("a", 1, running, killed(5))])).toBe(1);
  expect(kills([pod("a", 1, running, killed(5))], [pod("a", 3, running, killed(9))])).toBe(2);
  expect(kills([], [pod("new", 2, running, killed(9))])).toBe(2);
});

test("one that waits for its restart counts too", () => {
  expect(kills([pod("a", 0, running)], [pod("a", 0, killed(5))])).toBe(1);
  expect(kills([pod("a", 0, running)], [pod("a", 1, waiting, killed(9))])).toBe(2);
});

test("kills from before, and other ends, do not count", () => {
  expect(kills([pod("a", 1, running, killed(5))], [pod("a", 1, running, killed(5))])).toBe(0);
  expect(kills([pod("a", 0, running)], [pod("a", 1, running, killed(5, "Error"))])).toBe(0);
});
