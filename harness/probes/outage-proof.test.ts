// The proof that the outage which a probe reports is right within one tick: servers are cut off for known times, from
// 0.1 s to 30 s, in the three ways in which servers vanish, and what the probe saw is set beside what was done. The
// harness watches itself meanwhile, as in every run: where this process was held up, so much more is allowed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Recorder } from "../timeline/recorder.ts";
import { outages, type Outage, type Stretch } from "../verdict/outages.ts";
import { harnessProbe } from "./harness.ts";
import { httpProbe } from "./http.ts";
import { cutServer, type Manner } from "./testing/cut-server.ts";

const tickMs = 100;
const manners: Manner[] = ["refused", "silent", "dropped"];
const brief = [100, 150, 230, 310, 450, 620, 870, 1300, 1900];
const lengths: number[][] = [
  [...brief, ...brief, ...brief],
  [3000, 100, 5000, 640, 10_000, 210, 1500],
  [30_000, 270, 990],
];

/** What was done, and half of the time that cutting and mending took, within which it came true. */
interface Cut extends Stretch {
  halfMs: number;
}

interface Trial {
  manner: Manner;
  done: Cut[];
  seen: Outage[];
}

const folder = mkdtempSync(join(tmpdir(), "kubedrill-"));
const recorder = new Recorder(join(folder, "timeline.jsonl"));
let trials: Trial[] = [];

beforeAll(async () => {
  const harness = harnessProbe();
  await harness.start(recorder);
  const all = manners.flatMap((manner) => lengths.map((each, index) => tryOut(manner, index, each)));
  trials = await Promise.all(all);
  // The harness says once a second how late it was; the last word must be in.
  await pause(1100);
  await harness.stop();
}, 110_000);

afterAll(() => {
  recorder.close();
  rmSync(folder, { recursive: true });
});

describe.each(manners)("a server that is %s", (manner) => {
  const own = () => trials.filter((each) => each.manner === manner);

  it("is measured right within one tick", () => {
    const errors = own().flatMap(compare);
    expect(errors).toHaveLength(lengths.flat().length);
    for (const each of errors)
      expect(Math.abs(each.errorMs), JSON.stringify(each)).toBeLessThanOrEqual(each.allowedMs);
  });

  it("is not seen away when it was there", () => {
    for (const { seen, done } of own()) {
      const invented = seen.filter((outage) => !done.some((each) => overlaps(outage, each)));
      for (const each of invented)
        expect(length(each)).toBeLessThanOrEqual(lagMs(each.from, each.to) + 2 * tickMs);
      expect(invented.filter((each) => lagMs(each.from, each.to) < tickMs)).toEqual([]);
    }
  });
});

/** Cuts a server off for the given times, one after the other, while a probe watches it. */
async function tryOut(manner: Manner, index: number, lengthsMs: number[]): Promise<Trial> {
  const server = await cutServer(manner);
  const id = `${manner}.${String(index)}`;
  const probe = httpProbe({
    id,
    title: id,
    host: "127.0.0.1",
    port: server.port,
    path: "/",
    contains: "ok",
    labels: {},
    tickMs,
    timeoutMs: 2000,
  });
  await probe.start(recorder);
  const done: Cut[] = [];
  for (const [turn, lengthMs] of lengthsMs.entries()) {
    // The cut moves through the tick from trial to trial.
    await pause(600 + ((turn * 37) % tickMs));
    const from = await midway(() => server.cut());
    await pause(lengthMs);
    const to = await midway(() => server.mend());
    done.push({ from: from.at, to: to.at, halfMs: from.halfMs + to.halfMs });
  }
  await pause(600);
  const to = recorder.now();
  await probe.stop();
  await server.close();
  const blind = recorder.store.blind
    .filter((each) => each.probe === id)
    .map((each) => ({ from: each.from, to: each.t }));
  const samples = recorder.store.samples.get(id)?.within(0, to) ?? [];
  return { manner, done, seen: outages(samples, 0, to, blind) };
}

async function midway(act: () => Promise<void>): Promise<{ at: number; halfMs: number }> {
  const before = recorder.now();
  await act();
  const after = recorder.now();
  return { at: (before + after) / 2, halfMs: (after - before) / 2 };
}

/** What was measured against what was done. */
function compare({ done, seen }: Trial): { doneMs: number; errorMs: number; allowedMs: number }[] {
  return done.map((each) => {
    // Held up at the wrong moment, the process sees one outage as two that touch.
    const found = seen.filter((outage) => overlaps(outage, each));
    const measuredMs =
      found.length === 0 ? 0 : length({ from: found[0]?.from ?? 0, to: found.at(-1)?.to ?? 0 });
    const lag = lagMs(each.from, each.from) + lagMs(each.to, each.to);
    const openMs = Math.max(0, ...found.map((outage) => outage.uncertaintyMs));
    return {
      doneMs: length(each),
      errorMs: measuredMs - length(each),
      allowedMs: Math.max(tickMs, openMs) + each.halfMs + lag,
    };
  });
}

function overlaps(outage: Stretch, done: Stretch): boolean {
  return outage.from < done.to + tickMs && outage.to > done.from - tickMs;
}

/** How late this process was at most, from a second before to a second after the stretch. */
function lagMs(from: number, to: number): number {
  const delays = recorder.store.gauges.get("harness")?.get("event-loop-delay") ?? [];
  const near = delays.filter((each) => each.t > from - 1000 && each.t < to + 2000).map((each) => each.value);
  return Math.max(0, ...near);
}

function length(stretch: Stretch): number {
  return stretch.to - stretch.from;
}
