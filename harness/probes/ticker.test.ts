import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { until } from "../base/until.ts";
import { AttemptError } from "./attempt-error.ts";
import type { Probe } from "./probe.ts";
import { testRecorder } from "./testing/test-recorder.ts";
import { samplingProbe } from "./ticker.ts";

const info: Probe["info"] = { probe: "p", title: "p", group: "api", tickMs: 20, timeoutMs: 200, labels: {} };

it("records each attempt with its start, end and word", async () => {
  const recorder = testRecorder();
  let turn = 0;
  const probe = samplingProbe(info, () => {
    turn += 1;
    return turn % 2 === 0 ? Promise.reject(new AttemptError("http 503")) : Promise.resolve();
  });
  await probe.start(recorder);
  await until(() => turn > 4, { what: "attempts", timeoutMs: 5000, intervalMs: 10 });
  await probe.stop();
  const samples = recorder.store.samples.get("p")?.within(0, Infinity) ?? [];
  expect(samples).toHaveLength(turn);
  expect(samples.slice(0, 4).map((each) => each.error)).toEqual([
    undefined,
    "http 503",
    undefined,
    "http 503",
  ]);
  expect(samples.every((each) => each.end >= each.start)).toBe(true);
  expect(recorder.store.probes.get("p")?.tickMs).toBe(20);
});

it("never queues behind stuck attempts, and ends each by its time-out", async () => {
  const recorder = testRecorder();
  let inFlight = 0;
  let most = 0;
  const probe = samplingProbe(
    info,
    (signal) =>
      new Promise((_, reject) => {
        most = Math.max(most, ++inFlight);
        signal.addEventListener("abort", () => {
          inFlight -= 1;
          reject(signal.reason as Error);
        });
      }),
  );
  await probe.start(recorder);
  await until(() => (recorder.store.samples.get("p")?.length ?? 0) > 5, {
    what: "time-outs",
    timeoutMs: 5000,
  });
  await probe.stop();
  expect(inFlight).toBe(0);
  expect(most).toBeGreaterThan(3);
  expect(most).toBeLessThanOrEqual(200 / 20 + 1);
  const samples = recorder.store.samples.get("p")?.within(0, Infinity) ?? [];
  expect(new Set(samples.map((each) => each.error))).toEqual(new Set(["timeout"]));
  expect(samples[0]?.end).toBeGreaterThanOrEqual((samples[0]?.start ?? 0) + 199);
});

it("goes on when an attempt ignores its signal", async () => {
  const recorder = testRecorder();
  const probe = samplingProbe(info, () => new Promise(() => undefined));
  await probe.start(recorder);
  await until(() => (recorder.store.samples.get("p")?.length ?? 0) > 0, {
    what: "a sample",
    timeoutMs: 5000,
  });
  await probe.stop();
  expect(recorder.store.samples.get("p")?.at(0).error).toBe("timeout");
});

it("calls a time-out that the harness was late to end blindness, not failure", async () => {
  const recorder = testRecorder();
  const probe = samplingProbe({ ...info, tickMs: 1000 }, () => new Promise(() => undefined));
  const started = probe.start(recorder);
  await pause(20);
  const end = performance.now() + 600;
  while (performance.now() < end);
  await started;
  await probe.stop();
  expect(recorder.store.samples.get("p")).toBeUndefined();
  expect(recorder.store.blind[0]).toMatchObject({
    probe: "p",
    why: "the harness was late to end a time-out",
  });
});

it("stops a patient attempt after a short grace and says that it was unanswered", async () => {
  const recorder = testRecorder();
  const probe = samplingProbe(
    { ...info, tickMs: 10_000, timeoutMs: 70_000 },
    () => new Promise(() => undefined),
  );
  void probe.start(recorder);
  await pause(50);
  await probe.stop();
  expect(recorder.store.samples.get("p")?.at(0)).toMatchObject({ ok: false, error: "unanswered" });
});
