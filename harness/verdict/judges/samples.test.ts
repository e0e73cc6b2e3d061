import { describe, expect, it } from "vitest";
import type { Judge } from "../expectation.ts";
import { drill, expectationOf, healMs, injectMs, Simulation, type Looking } from "../testing/simulate.ts";
import { judge } from "./index.ts";

const gap: Judge = { kind: "longest-gap", probes: ["api"] };
const back: Judge = { kind: "back-within", probes: ["api"] };
const stopped: Judge = { kind: "stopped", probes: ["api"] };
const bounded: Judge = { kind: "bounded-errors", probes: ["api"] };
const failures: Judge = { kind: "failures", probes: ["api"] };

function away(fromMs: number, toMs: number, looking: Looking = {}): Simulation {
  return new Simulation().samples("api", { down: [[injectMs + fromMs, injectMs + toMs]] }, looking);
}

/** One attempt more, which is answered when healing is done. */
function hanging(simulation: Simulation, start: number, t = healMs + 1000): Simulation {
  simulation.store.append({ type: "sample", probe: "api", start, t, ok: true });
  return simulation;
}

const judged = (simulation: Simulation, what: Judge, rest = {}) =>
  judge(simulation.store, drill, expectationOf(what, rest));

describe("longest-gap", () => {
  it.each([100, 500, 2000, 9000, 25_000])("is right within a tick for an outage of %d ms", (lengthMs) => {
    for (const phaseMs of [0, 33, 71]) {
      const found = judged(away(1000, 1000 + lengthMs, { phaseMs }), gap, { budget: lengthMs / 1000 + 0.3 });
      expect(Math.abs((found.measured ?? 0) * 1000 - lengthMs)).toBeLessThanOrEqual(106);
      expect(found.verdict).toBe("pass");
    }
  });

  it("fails when what is proven is longer than the budget", () => {
    expect(judged(away(1000, 7000), gap)).toMatchObject({ verdict: "fail", settled: true });
  });

  it("is inconclusive where one tick decides", () => {
    const found = judged(away(1000, 6000), gap);
    expect(found.verdict).toBe("inconclusive");
    expect(found.seen).toContain("the evidence allows anything from");
  });

  it("follows a gap that began in the window to its end after it", () => {
    expect(judged(away(28_000, 31_000), gap)).toMatchObject({ verdict: "pass" });
    expect(judged(away(28_000, 60_000), gap).verdict).toBe("fail");
    expect(judged(away(20_000, 60_000), gap).verdict).toBe("fail");
  });

  it("bounds a gap that healing prolongs by the next answer, whenever that came", () => {
    expect(judged(away(28_000, 38_000), gap, { budget: 12 }).verdict).toBe("pass");
    expect(judged(away(28_000, 38_000), gap, { budget: 8 }).verdict).toBe("inconclusive");
    expect(judged(away(28_000, 38_000), gap, { budget: 5 }).verdict).toBe("fail");
    expect(judged(away(28_000, 1e6), gap, { budget: 12 }).verdict).toBe("inconclusive");
  });

  it("leaves out a gap that began after the window", () => {
    expect(judged(away(30_500, 60_000), gap)).toMatchObject({ verdict: "pass", measured: 0 });
  });

  it("is inconclusive when nobody looked for longer than the budget", () => {
    const found = judged(away(0, 0, { asleep: [[20_000, 27_000]] }), gap);
    expect(found).toMatchObject({ verdict: "inconclusive", measured: 0 });
  });

  it("passes over a hole that is shorter than the budget", () => {
    expect(judged(away(0, 0, { asleep: [[20_000, 22_000]] }), gap).verdict).toBe("pass");
  });

  it("does not call failures proof that came while the harness was blind", () => {
    const simulation = away(1000, 7500).blind("api", injectMs + 900, injectMs + 7600);
    expect(judged(simulation, gap).verdict).toBe("inconclusive");
  });

  it("takes the probe that waited longest", () => {
    const simulation = away(1000, 2000).samples("other", { down: [[injectMs, injectMs + 8000]] });
    const both: Judge = { kind: "longest-gap", probes: ["api", "other"] };
    expect(judged(simulation, both)).toMatchObject({ verdict: "fail" });
  });
});

describe("back-within", () => {
  it("passes, with the time from the beginning of the window", () => {
    const found = judged(away(500, 3500), back);
    expect(found.verdict).toBe("pass");
    expect(Math.abs((found.measured ?? 0) - 3.5)).toBeLessThan(0.11);
  });

  it("fails when it comes back too late, and says how late", () => {
    const found = judged(away(500, 12_000), back);
    expect(found.verdict).toBe("fail");
    expect(found.measured).toBeCloseTo(12, 0);
  });

  it("tells of the one that never came back, whichever came back late", () => {
    const simulation = away(500, 60_000).samples("late", { down: [[injectMs + 500, injectMs + 12_000]] });
    for (const probes of [
      ["api", "late"],
      ["late", "api"],
    ])
      expect(judged(simulation, { kind: "back-within", probes })).toMatchObject({
        verdict: "fail",
        measured: null,
      });
  });

  it("fails when it never comes back in a window longer than the budget", () => {
    expect(judged(away(500, 60_000), back)).toMatchObject({ verdict: "fail", measured: null });
  });

  it("is inconclusive when the window ended before the budget was used up", () => {
    expect(judged(away(500, 60_000), back, { budget: 45 }).verdict).toBe("inconclusive");
  });

  it("takes an answer that comes just after the window for an answer", () => {
    const simulation = away(500, 2000);
    const late = { type: "sample", probe: "api", start: healMs - 50, t: healMs + 350, ok: true } as const;
    simulation.store.append(late);
    expect(judged(simulation, back)).toMatchObject({ verdict: "pass" });
  });

  it("counts an answer that does not last as no return", () => {
    const down: [number, number][] = [
      [injectMs, injectMs + 2000],
      [injectMs + 3000, injectMs + 9000],
    ];
    expect(judged(new Simulation().samples("api", { down }), back).verdict).toBe("fail");
  });

  it("tells of a short gap long after the return, and does not move the return to it", () => {
    const down: [number, number][] = [
      [injectMs, injectMs + 2000],
      [injectMs + 20_000, injectMs + 20_200],
    ];
    const found = judged(new Simulation().samples("api", { down }), back);
    expect(found.verdict).toBe("pass");
    expect(found.measured).toBeCloseTo(2, 0);
    expect(found.seen).toContain("1 short gaps after it");
  });

  it("counts many short gaps as not back", () => {
    const down = Array.from({ length: 25 }, (_, index): [number, number] => {
      const t = injectMs + 1000 + index * 1000;
      return [t, t + 300];
    });
    expect(judged(new Simulation().samples("api", { down }), back).verdict).toBe("fail");
  });

  it("is zero when nothing was ever away", () => {
    expect(judged(away(0, 0), back)).toMatchObject({ verdict: "pass", measured: 0 });
  });

  it.each([
    { took: 840, verdict: "pass" },
    { took: 1900, verdict: "inconclusive" },
  ])("takes one slow answer of a kept connection for no more than it took: $took ms", ({ took, verdict }) => {
    const waiting: [number, number] = [30_000, 30_001 + took];
    const simulation = away(500, 2000, { tickMs: 200, asleep: [waiting] });
    const start = waiting[0];
    simulation.store.append({ type: "sample", probe: "api", start, t: start + took, ok: true });
    expect(judged(simulation, back).verdict).toBe(verdict);
  });

  it("is inconclusive when a new outage may hide in a hole after the return", () => {
    expect(judged(away(500, 2000, { asleep: [[30_000, 35_000]] }), back).verdict).toBe("inconclusive");
  });
});

describe("stopped", () => {
  it("passes when the last success comes in time and nothing succeeds afterwards", () => {
    const found = judged(away(1000, 60_000), stopped);
    expect(found.verdict).toBe("pass");
    expect(found.measured).toBeCloseTo(0.9, 1);
  });

  it("fails when a single attempt succeeds late", () => {
    const down: [number, number][] = [
      [injectMs + 1000, injectMs + 20_000],
      [injectMs + 20_100, healMs + 1],
    ];
    expect(judged(new Simulation().samples("api", { down }), stopped).verdict).toBe("fail");
  });

  it("fails when it goes on as if nothing had happened", () => {
    expect(judged(away(0, 0), stopped).verdict).toBe("fail");
  });

  it("bridges a short hole between failures, but not a long one", () => {
    expect(judged(away(1000, 60_000, { asleep: [[20_000, 21_500]] }), stopped).verdict).toBe("pass");
    expect(judged(away(1000, 60_000, { asleep: [[20_000, 24_500]] }), stopped).verdict).toBe("inconclusive");
  });

  it("leaves to what came after the window an attempt that hung until then", () => {
    const found = judged(hanging(away(1000, 60_000), healMs - 1500), stopped);
    expect(found.verdict).toBe("pass");
    expect(found.measured).toBeCloseTo(0.9, 1);
  });

  it("says nothing of a probe that never had an answer", () => {
    const simulation = new Simulation().samples("api", { down: [[0, 60_000]] });
    expect(judged(simulation, stopped).verdict).toBe("inconclusive");
  });
});

describe("bounded-errors", () => {
  const patient = (timeoutMs: number, fails: Looking["fails"]) => {
    const looking: Looking = { tickMs: 1000, timeoutMs };
    if (fails !== undefined) looking.fails = fails;
    return away(0, 30_000, looking);
  };

  it("passes when errors come soon", () => {
    expect(judged(patient(70_000, "at once"), bounded)).toMatchObject({ verdict: "pass" });
  });

  it("fails when they take longer than allowed, also when the probe gave up", () => {
    expect(judged(patient(7000, "late"), bounded)).toMatchObject({ verdict: "fail", measured: 7 });
  });

  it("is inconclusive when the probe gave up before the budget was over", () => {
    expect(judged(patient(2000, "late"), bounded).verdict).toBe("inconclusive");
  });

  it("fails when one was told nothing, neither well nor badly, until the window was over", () => {
    const hung = hanging(patient(70_000, "at once"), healMs - 6000);
    expect(judged(hung, bounded)).toMatchObject({ verdict: "fail", measured: 6, settled: true });
    const soon = hanging(patient(70_000, "at once"), healMs - 4000);
    expect(judged(soon, bounded).verdict).toBe("pass");
    // Another, for a longer time in all, but less of it within the window.
    expect(judged(hanging(hung, healMs - 4000, healMs + 9000), bounded)).toMatchObject({ measured: 6 });
  });

  it("is inconclusive when nothing failed", () => {
    expect(judged(away(0, 0), bounded).verdict).toBe("inconclusive");
  });
});

describe("failures", () => {
  const requests = (budget: number) => ({ unit: "requests", budget });

  it("counts them", () => {
    expect(judged(away(1000, 2000), failures, requests(0))).toMatchObject({ verdict: "fail", measured: 10 });
    expect(judged(away(1000, 2000), failures, requests(10))).toMatchObject({ verdict: "pass", measured: 10 });
    expect(judged(away(0, 0), failures, requests(0))).toMatchObject({ verdict: "pass", measured: 0 });
  });

  it("leaves open what failed while the harness was blind", () => {
    const simulation = away(1000, 2000).blind("api", injectMs + 900, injectMs + 2100);
    expect(judged(simulation, failures, requests(0)).verdict).toBe("inconclusive");
  });
});

describe("failed-share", () => {
  const share: Judge = { kind: "failed-share", probes: ["api"] };
  const percent = (budget: number | null) => ({ unit: "%", budget });

  it("is the share of attempts in the window that failed", () => {
    // 10 of the 300 attempts of half a minute.
    const found = judged(away(1000, 2000), share, percent(4));
    expect(found).toMatchObject({ verdict: "pass", seen: "3.33 % of 300 attempts failed (refused)." });
    expect(found.measured).toBeCloseTo(10 / 3, 6);
    expect(judged(away(1000, 2000), share, percent(3)).verdict).toBe("fail");
    expect(judged(away(0, 0), share, percent(0))).toMatchObject({ verdict: "pass", measured: 0 });
    expect(judged(away(1000, 2000), share, percent(null)).verdict).toBe("pass");
  });

  it("leaves open what failed while the harness was blind, and says nothing of a probe that did not look", () => {
    const simulation = away(1000, 2000).blind("api", injectMs + 900, injectMs + 2100);
    expect(judged(simulation, share, percent(1)).verdict).toBe("inconclusive");
    expect(judged(new Simulation(), share, percent(100)).verdict).toBe("inconclusive");
    expect(judged(away(0, 0), { kind: "failed-share", probes: [] }, percent(100)).verdict).toBe(
      "inconclusive",
    );
  });
});
