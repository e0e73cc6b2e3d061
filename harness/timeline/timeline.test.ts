import { appendFile, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readTimeline } from "./read.ts";
import { Recorder } from "./recorder.ts";
import { SampleSeries } from "./series.ts";

async function file(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), "kubedrill-")), "timeline.jsonl");
}

test("what is read back is what was recorded", async () => {
  const path = await file();
  const recorder = new Recorder(path);
  recorder.record({ type: "drill", drill: "d", title: "D", state: "started" });
  recorder.record({ type: "sample", probe: "p", start: 1, t: 2, ok: true });
  recorder.record({ type: "sample", probe: "p", start: 3, t: 5, ok: false, error: "timeout" });
  recorder.record({ type: "state", probe: "vip", subject: "holder", value: "cp1", t: 4 });
  recorder.record({ type: "mark", drill: "d", name: "outage.inject" });
  recorder.close();
  const store = await readTimeline(path);
  expect(store.events).toEqual(recorder.store.events);
  expect(store.samples.get("p")?.at(1)).toEqual({ start: 3, end: 5, ok: false, error: "timeout" });
  expect(store.stateAt("vip", "holder", 4)?.value).toBe("cp1");
  expect(store.stateAt("vip", "holder", 3)).toBeUndefined();
  expect(store.mark("d", "outage.inject")).toBeDefined();
});

test("marks and faults are in the file at once", async () => {
  const path = await file();
  const recorder = new Recorder(path);
  recorder.record({ type: "mark", drill: "d", name: "outage.inject" });
  expect(await readFile(path, "utf8")).toContain("outage.inject");
  recorder.close();
});

test("a torn last line is forgiven, a broken line before the end is not", async () => {
  const path = await file();
  const line = JSON.stringify({ type: "log", t: 1, level: "info", message: "x" });
  await writeFile(path, `${line}\n{"type":"lo`);
  expect((await readTimeline(path)).events).toHaveLength(1);
  await appendFile(path, `\n${line}\n`);
  await expect(readTimeline(path)).rejects.toThrow("timeline.jsonl:2 is not a timeline event");
});

test("a full disk is told once, by a signal, and never by a crash", () => {
  const recorder = new Recorder("/dev/full");
  expect(recorder.failed.aborted).toBe(false);
  recorder.record({ type: "mark", drill: "d", name: "outage.inject" });
  expect(recorder.failed.aborted).toBe(true);
  expect(recorder.failed.reason).toMatchObject({
    kind: "usage",
    message: expect.stringContaining("/dev/full cannot be written any more: ENOSPC") as string,
  });
  recorder.close();
});

test("time goes on and never back", async () => {
  const recorder = new Recorder(await file());
  const first = recorder.now();
  const second = recorder.now();
  expect(second).toBeGreaterThanOrEqual(first);
  recorder.close();
});

test("series: growth, windows by start, and many error words", () => {
  const series = new SampleSeries();
  for (let index = 0; index < 1000; index += 1)
    series.add(index, index + 1, index % 2 === 0, `error ${String(index)}`);
  expect(series.length).toBe(1000);
  expect(series.within(10, 13).map((sample) => sample.start)).toEqual([10, 11, 12]);
  expect(series.at(999).error).toBe("other");
  expect(series.at(1).error).toBe("error 1");
  expect(() => series.at(1000)).toThrow(RangeError);
});
