import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { startSchedule } from "./schedule.ts";

/** Time that passed while the process was busy: no timer runs in it. */
let busyMs = 0;
let zero = 0;
const now = () => performance.now() - zero + busyMs;

beforeEach(() => {
  vi.useFakeTimers();
  zero = performance.now();
  busyMs = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

it("keeps to its grid although every timer comes late", () => {
  const ticks: number[] = [];
  // Timers are 7 % slower than the clock.
  const fast = () => now() * 1.07;
  const stop = startSchedule({
    tickMs: 100,
    phaseMs: 20,
    now: fast,
    onTick: () => ticks.push(fast()),
    onLate: () => undefined,
  });
  vi.advanceTimersByTime(2000);
  stop();
  expect(ticks).toHaveLength(22);
  ticks.forEach((t, index) => {
    expect(t).toBeGreaterThanOrEqual(20 + 100 * index);
    expect(t).toBeLessThan(20 + 100 * index + 10);
  });
});

it("leaves out what a short delay made it miss, without a word", () => {
  const ticks: number[] = [];
  const onLate = vi.fn();
  const stop = startSchedule({ tickMs: 100, now, onTick: () => ticks.push(now()), onLate });
  vi.advanceTimersByTime(50);
  // The timer for 100 fires at 190.
  busyMs += 90;
  vi.advanceTimersByTime(200);
  stop();
  expect(ticks).toEqual([0, 190, 200, 300]);
  expect(onLate).not.toHaveBeenCalled();
});

it("says when it was late by more than a tick, and does not catch up", () => {
  const ticks: number[] = [];
  const onLate = vi.fn();
  const stop = startSchedule({ tickMs: 100, now, onTick: () => ticks.push(now()), onLate });
  vi.advanceTimersByTime(50);
  // The timer for 100 fires at 1100.
  busyMs += 1000;
  vi.advanceTimersByTime(200);
  stop();
  expect(ticks).toEqual([0, 1100, 1200]);
  expect(onLate.mock.calls).toEqual([[100, 1100]]);
});
