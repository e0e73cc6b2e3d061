import { describe, expect, it } from "vitest";
import type { FactEvent } from "../../timeline/events.ts";
import type { Judge } from "../expectation.ts";
import { drill, endMs, expectationOf, injectMs, Simulation } from "../testing/simulate.ts";
import { judge } from "./index.ts";

const judged = (simulation: Simulation, what: Judge, rest = {}) =>
  judge(simulation.store, drill, expectationOf(what, { unit: "count", budget: 0, ...rest }));

describe("gauge-max", () => {
  const gauge: Judge = { kind: "gauge-max", probe: "leases", subjects: ["w1/gap"] };
  const leases = (...values: number[]) => {
    const simulation = new Simulation().states("leases", {});
    for (const [index, value] of values.entries())
      simulation.store.append({
        type: "gauge",
        t: injectMs + index * 1000,
        probe: "leases",
        subject: "w1/gap",
        value,
        unit: "ms",
      });
    return simulation;
  };

  it("holds milliseconds against seconds", () => {
    expect(judged(leases(10_000, 14_000), gauge, { unit: "s", budget: 50 })).toMatchObject({
      verdict: "pass",
      measured: 14,
    });
    expect(judged(leases(10_000, 51_000), gauge, { unit: "s", budget: 50 }).verdict).toBe("fail");
  });

  it("is inconclusive without a value", () => {
    expect(judged(leases(), gauge, { unit: "s", budget: 50 }).verdict).toBe("inconclusive");
  });
});

describe("facts", () => {
  const fact = (simulation: Simulation, name: string, value: FactEvent["value"]) => {
    simulation.store.append({ type: "fact", t: injectMs + 1, drill, name, value });
    return simulation;
  };
  const both = (before: FactEvent["value"], after: FactEvent["value"]) =>
    fact(fact(new Simulation(), "before", before), "after", after);
  const agree = (how: "equal" | "contains"): Judge => ({
    kind: "facts-agree",
    before: "before",
    after: "after",
    how,
  });

  it("agree whatever the order", () => {
    expect(judged(both(["a", "b"], ["b", "a"]), agree("equal")).verdict).toBe("pass");
    expect(judged(both({ a: 1 }, { a: 1 }), agree("equal")).verdict).toBe("pass");
  });

  it("count what is gone and what is new", () => {
    expect(judged(both(["a", "b"], ["b", "c"]), agree("equal"))).toMatchObject({
      verdict: "fail",
      measured: 2,
    });
    expect(judged(both(["a"], ["a", "c"]), agree("contains")).verdict).toBe("pass");
    expect(judged(both(["a"], ["c"]), agree("contains")).verdict).toBe("fail");
  });

  it("are inconclusive when one was never read", () => {
    expect(judged(fact(new Simulation(), "before", "x"), agree("equal")).verdict).toBe("inconclusive");
  });

  it("can be wanted", () => {
    const wanted: Judge = { kind: "fact", name: "before", want: { is: "x" } };
    expect(judged(fact(new Simulation(), "before", "x"), wanted).verdict).toBe("pass");
    expect(judged(fact(new Simulation(), "before", "y"), wanted).verdict).toBe("fail");
    expect(judged(new Simulation(), wanted).verdict).toBe("inconclusive");
  });
});

describe("action-within", () => {
  const action: Judge = { kind: "action-within", action: "roll-out" };
  const done = (lengthMs: number, ok: boolean) => {
    const simulation = new Simulation();
    const start = injectMs + 1000;
    const error = ok ? {} : { error: "timed out" };
    const event = {
      type: "action",
      t: start + lengthMs,
      drill,
      name: "roll-out",
      title: "a roll-out",
      start,
      ok,
    } as const;
    simulation.store.append({ ...event, ...error });
    return simulation;
  };

  it("passes in time, fails late, fails when it failed", () => {
    const rest = { unit: "s", budget: 5 };
    expect(judged(done(3000, true), action, rest)).toMatchObject({ verdict: "pass", measured: 3 });
    expect(judged(done(7000, true), action, rest).verdict).toBe("fail");
    expect(judged(done(3000, false), action, rest).seen).toContain("timed out");
    expect(judged(done(3000, false), action, rest).verdict).toBe("fail");
    expect(judged(new Simulation(), action, rest).verdict).toBe("inconclusive");
  });
});

describe("lost-writes", () => {
  const lost: Judge = { kind: "lost-writes" };
  const audit = (numbers: number[], rest: { acknowledged?: number; incomplete?: string } = {}) => {
    const simulation = new Simulation();
    const counts = { attempted: 100, acknowledged: 90, unknown: 10 };
    simulation.store.append({
      type: "audit",
      t: endMs,
      drill,
      writer: "vip",
      ...counts,
      lost: numbers,
      ...rest,
    });
    return simulation;
  };
  const rest = { unit: "writes", window: { from: "outage.inject" } };

  it("passes only when all could be read and none is lost", () => {
    expect(judged(audit([]), lost, rest)).toMatchObject({ verdict: "pass", measured: 0 });
    expect(judged(audit([17, 18]), lost, rest)).toMatchObject({ verdict: "fail", measured: 2 });
    expect(judged(audit([], { incomplete: "the API was gone" }), lost, rest).verdict).toBe("inconclusive");
    expect(judged(audit([], { acknowledged: 0 }), lost, rest).verdict).toBe("inconclusive");
    expect(judged(new Simulation(), lost, rest).verdict).toBe("inconclusive");
  });

  it("fails on a loss also when not all could be read", () => {
    expect(judged(audit([3], { incomplete: "the API was gone" }), lost, rest).verdict).toBe("fail");
  });
});
