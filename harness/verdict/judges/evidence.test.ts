import { describe, expect, it } from "vitest";
import type { Judge } from "../expectation.ts";
import { drill, expectationOf, injectMs, Simulation, type Looking } from "../testing/simulate.ts";
import { judge } from "./index.ts";

const gap: Judge = { kind: "longest-gap", probes: ["api"] };
const back: Judge = { kind: "back-within", probes: ["api"] };
const stopped: Judge = { kind: "stopped", probes: ["api"] };
const failures: Judge = { kind: "failures", probes: ["api"] };

function away(fromMs: number, toMs: number, looking: Looking = {}): Simulation {
  return new Simulation().samples("api", { down: [[injectMs + fromMs, injectMs + toMs]] }, looking);
}

const judged = (simulation: Simulation, what: Judge, rest = {}) =>
  judge(simulation.store, drill, expectationOf(what, rest));

describe("every judge of samples", () => {
  it.each([gap, back, stopped, failures])("$kind is inconclusive without the probe", (what) => {
    expect(judged(new Simulation(), what).verdict).toBe("inconclusive");
  });

  it.each([gap, back, stopped, failures])("$kind is inconclusive with a starved probe", (what) => {
    const starved = away(0, 0, { asleep: [[12_000, 35_000]] });
    const found = judged(starved, what);
    expect(found.verdict).toBe("inconclusive");
    expect(found.seen).toContain("starved");
  });

  it.each([gap, back, stopped, failures])("$kind is inconclusive without its mark", (what) => {
    expect(judged(away(0, 0), what, { window: { from: "second.inject" } }).verdict).toBe("inconclusive");
  });

  it("does not pass when the window was cut short", () => {
    const simulation = new Simulation({ healed: false }).samples("api", {});
    const found = judged(simulation, gap);
    expect(found.verdict).toBe("inconclusive");
    expect(found.seen).toContain('the drill ended before "outage.heal"');
  });
});

interface Gauge {
  probe: string;
  subject: string;
  unit: string;
}

/** A gauge for 30 s from the injection on. */
function everySecond({ store }: Simulation, gauge: Gauge, valueAt: (second: number) => number): void {
  for (let t = 0; t < 30; t += 1)
    store.append({ type: "gauge", ...gauge, t: injectMs + t * 1000, value: valueAt(t) });
}

describe("others on the lab's processors", () => {
  const others = { probe: "host", subject: "others-cpu", unit: "share" };
  const busy = (share: number, [from, to] = [0, 30], down: [number, number] = [1000, 9000]) => {
    const simulation = away(...down);
    everySecond(simulation, others, (second) => (second >= from && second < to ? share : 0));
    return simulation;
  };

  it("take the blame for a time that was too long, when they took much", () => {
    const found = judged(busy(0.45), back);
    expect(found.verdict).toBe("inconclusive");
    expect(found.seen).toContain("others used 45 % of the processors of the lab's host meanwhile");
    expect(judged(busy(0.1), back).verdict).toBe("fail");
  });

  it("do not take it for what never came, by a moment at its beginning", () => {
    expect(judged(busy(0.9, [0, 3], [0, 90_000]), back).verdict).toBe("fail");
  });

  it("take it for a gap when they took much in the gap, however calm it was before", () => {
    expect(judged(busy(0.9, [16, 25], [16_000, 24_000]), gap).verdict).toBe("inconclusive");
    expect(judged(busy(0.9, [0, 15], [16_000, 24_000]), gap).verdict).toBe("fail");
  });

  it("take it for failures when they took much up to the one that was too many", () => {
    expect(judged(busy(0.9, [0, 8], [5000, 21_000]), failures).verdict).toBe("inconclusive");
    expect(judged(busy(0.9, [10, 21], [5000, 21_000]), failures).verdict).toBe("fail");
  });
});

describe("a host of the lab without any processor time left", () => {
  const felt: Judge = { kind: "gauge-max", probe: "ladder", subjects: ["p99:c1000"] };
  const exhausted = (idle: number) => {
    const simulation = away(1000, 9000);
    const group = {
      type: "probe",
      title: "Load",
      group: "load",
      tickMs: 1000,
      timeoutMs: 1000,
      labels: {},
    } as const;
    simulation.store.append({ ...group, probe: "ladder", t: 0 });
    everySecond(simulation, { probe: "host", subject: "idle-cpu", unit: "share" }, () => idle);
    everySecond(simulation, { probe: "ladder", subject: "p99:c1000", unit: "ms" }, () => 90_000);
    return simulation;
  };

  it("takes the blame for what users of a load felt, and for nothing else", () => {
    const found = judged(exhausted(0.02), felt);
    expect(found.verdict).toBe("inconclusive");
    expect(found.seen).toContain("only 2 % of the processors of the lab's host were idle");
    expect(judged(exhausted(0.2), felt).verdict).toBe("fail");
    expect(judged(exhausted(0.02), back).verdict).toBe("fail");
  });
});

describe("a late harness", () => {
  const late = (seconds: number) => {
    const simulation = away(1000, 9000);
    const delay = { probe: "harness", subject: "event-loop-delay", unit: "ms" };
    everySecond(simulation, delay, (t) => (t < seconds ? 700 : 20));
    return simulation;
  };

  it("takes the blame for a time that was too long", () => {
    const found = judged(late(9), back);
    expect(found.verdict).toBe("inconclusive");
    expect(found.seen).toContain("the harness itself was late");
  });

  it("does not take it for a moment, nor for what is no question of time", () => {
    expect(judged(late(1), back).verdict).toBe("fail");
    expect(judged(late(9), { kind: "stopped", probes: ["api"] }).verdict).toBe("fail");
  });
});

describe("settled", () => {
  const live = (what: Judge, down: [number, number], nowMs: number) => {
    const simulation = new Simulation({ healed: false, ended: false });
    simulation.samples("api", { down: [down] }, { to: nowMs });
    return judge(simulation.store, drill, expectationOf(what), nowMs);
  };

  it("comes a while after the return, not with it", () => {
    const down: [number, number] = [injectMs + 100, injectMs + 2000];
    expect(live(back, down, injectMs + 1000).settled).toBe(false);
    expect(live(back, down, injectMs + 2500).settled).toBe(false);
    expect(live(back, down, injectMs + 6000).settled).toBe(true);
  });

  it("waits for an outage that has not begun until the budget is over", () => {
    const never: [number, number] = [0, 0];
    expect(live(back, never, injectMs + 4000).settled).toBe(false);
    expect(live(back, never, injectMs + 9000).settled).toBe(true);
  });

  it("goes on watching what is late", () => {
    expect(live(back, [injectMs, 60_000], injectMs + 20_000)).toMatchObject({
      verdict: "fail",
      settled: false,
    });
  });

  it("comes only with the end for what must hold to the end", () => {
    expect(live(gap, [0, 0], injectMs + 20_000).settled).toBe(false);
  });
});
