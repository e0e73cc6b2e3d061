import { describe, expect, it } from "vitest";
import type { FactEvent, StateEvent } from "../../timeline/events.ts";
import type { Expectation } from "../expectation.ts";
import { judge } from "../judges/index.ts";
import { labOf } from "../testing/lab.ts";
import { drill, healMs, injectMs, Simulation } from "../testing/simulate.ts";
import { predictDrain, type DrainPlan, type PredictionInput } from "./index.ts";

const plan: DrainPlan = {
  machine: "w2",
  retryMs: 1000,
  loads: ["load.users"],
  careless: {
    barePod: "bare",
    daemonPod: "daemon-2",
    disruptionBudget: "web-budget",
    patienceMs: 15_000,
  },
};
const input = labOf();
const { expectations, facts, statements } = predictDrain(input, plan);

function find(id: string, among: Expectation[] = expectations): Expectation {
  const found = among.find((each) => each.id === id);
  if (found === undefined) throw new Error(`${id} is not among ${among.map((each) => each.id).join(", ")}`);
  return found;
}

describe("the prediction of a drain", () => {
  it("says before it begins who must be named", () => {
    expect(facts).toEqual({
      refused: ["demo/bare", "demo/daemon-2"],
      "blocked-by": ["demo/web-budget"],
    });
    expect(statements.join(" ")).toContain("No request fails.");
    expect(new Set(expectations.map((each) => each.id)).size).toBe(expectations.length);
    for (const each of expectations) expect(each.why, each.id).not.toBe("");
  });

  it("lets each pod wait for the replacement of the one before", () => {
    // Cordon and list 1 s, one eviction 1 s; for the second pod: controllers 1 s, start 5 s, retry 1 s, eviction 1 s;
    // the next look 0.5 s.
    expect(input.workload.podsByMachine.w2).toHaveLength(2);
    expect(find("drain.emptied").budget).toBeCloseTo(1 + 1 + (1 + 5 + 1 + 1) + 0.5, 6);
    expect(find("drain.full").budget).toBeCloseTo(10.5 + 1 + 5, 6);
  });

  it.each([
    ["graceful pods with another replica", {}, 0],
    ["pods without preStop", { graceful: false }, null],
    ["a single replica", { replicas: 1 }, null],
  ] as [string, Partial<PredictionInput["workload"]>, number | null][])(
    "allows failed requests for %s accordingly",
    (_, workload, budget) => {
      const predicted = predictDrain({ ...input, workload: { ...input.workload, ...workload } }, plan);
      expect(find("requests.failed", predicted.expectations).budget).toBe(budget);
    },
  );
});

describe("the prediction of a drain of somebody's own workload", () => {
  const own = { ...plan, careless: null };

  it("is that of the proper drain alone", () => {
    const { facts: named, expectations: promised, statements: told } = predictDrain(input, own);
    expect(named).toBeUndefined();
    const ids = promised.map((each) => each.id);
    expect(ids).toContain("drain.emptied");
    expect(ids.filter((id) => /refused|budget|bare|daemon/.test(id))).toEqual([]);
    expect(JSON.stringify(promised)).not.toMatch(/refusal|blocked/);
    expect(told.join(" ")).not.toContain("bare");
  });

  it("spares requests only when a replica is elsewhere", () => {
    const together = { ...input.workload, replicas: 2, podsByMachine: { w2: ["web-1", "web-2"] } };
    const { expectations: apart } = predictDrain(input, own);
    const { expectations: all } = predictDrain({ ...input, workload: together }, own);
    expect(find("requests.failed", apart).budget).toBe(0);
    expect(find("requests.failed", all).budget).toBeNull();
  });
});

describe("a drain is judged by what was named and seen", () => {
  /** Refusal 2 to 4 s and blocked 5 to 9 s, before the simulation's own fault. */
  function scene(
    found: Record<string, FactEvent["value"]>,
    states: Record<string, [number, StateEvent["value"]][]> = {},
  ) {
    const simulation = new Simulation();
    for (const [name, t] of Object.entries({
      "refusal.inject": 2000,
      "refusal.heal": 4000,
      "blocked.inject": 5000,
      "blocked.heal": 9000,
      "outage.confirmed": injectMs + 400,
      replacing: healMs + 10_000,
    }))
      simulation.mark(name, t);
    for (const [name, value] of Object.entries(found))
      simulation.store.append({ type: "fact", t: healMs, drill, name, value });
    simulation.states("workload", states);
    return (id: string) => judge(simulation.store, drill, find(id)).verdict;
  }

  const predicted = {
    "predicted.refused": ["demo/bare", "demo/daemon-2"],
    "predicted.blocked-by": ["demo/web-budget"],
  };

  it("names of others may be among them, ours may not be missing", () => {
    const named = ["demo/bare", "demo/daemon-2", "kube-system/kube-proxy-x"];
    expect(scene({ ...predicted, "refusal.refused": named })("drain.refused")).toBe("pass");
    expect(scene({ ...predicted, "refusal.refused": ["demo/bare"] })("drain.refused")).toBe("fail");
    expect(scene(predicted)("drain.refused")).toBe("inconclusive");
  });

  it("a drain that does not wait for the budget, or does not name it, fails", () => {
    const waited = scene({
      ...predicted,
      "blocked.drained": false,
      "blocked.blocked-by": ["demo/web-budget"],
    });
    expect([waited("budget.waited-for"), waited("budget.named")]).toEqual(["pass", "pass"]);
    const ignored = scene({ ...predicted, "blocked.drained": true, "blocked.blocked-by": [] });
    expect([ignored("budget.waited-for"), ignored("budget.named")]).toEqual(["fail", "fail"]);
  });

  it("an eviction against a budget of 0 fails, and so does a second pod that is away with a budget of 1", () => {
    const pods = (t: number, value: string) =>
      Object.fromEntries(
        ["web-w2-0", "web-w2-1"].map((pod): [string, [number, string][]] => [
          `pod:${pod}`,
          [
            [0, "ready@w2"],
            [t, value],
          ],
        ]),
      );
    expect(scene({}, pods(injectMs + 1000, "terminating@w2"))("budget.respected")).toBe("pass");
    expect(scene({}, pods(6000, "terminating@w2"))("budget.respected")).toBe("fail");
    const ready = (...counts: number[]) =>
      scene({}, { ready: counts.map((count, nth) => [nth === 0 ? 0 : injectMs + nth * 1000, count]) });
    expect(ready(13, 12, 13, 12, 13)("budget.kept")).toBe("pass");
    expect(ready(13, 12, 11, 13)("budget.kept")).toBe("fail");
  });
});
