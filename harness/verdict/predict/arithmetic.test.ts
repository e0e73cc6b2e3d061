import { describe, expect, it } from "vitest";
import { labOf } from "../testing/lab.ts";
import { budgetOf, chain, given, slowest } from "./budget.ts";
import { unluckyCount, unluckyRun } from "./chance.ts";
import { hasQuorum, quorumOf, tolerance } from "./quorum.ts";
import { effectivePriority, failback, masterDownMs, predictedHolder, type VrrpInstance } from "./vrrp.ts";

describe("quorum", () => {
  it.each([
    [1, 1, 0],
    [2, 2, 0],
    [3, 2, 1],
    [4, 3, 1],
    [5, 3, 2],
    [7, 4, 3],
  ])("of %i voters needs %i, so %i may be lost", (voters, quorum, lost) => {
    expect(quorumOf(voters)).toBe(quorum);
    expect(tolerance(voters)).toBe(lost);
  });

  it("two quorums always share a member", () => {
    for (let voters = 1; voters <= 99; voters += 1) {
      expect(2 * quorumOf(voters)).toBeGreaterThan(voters);
      expect(hasQuorum(voters, voters - tolerance(voters))).toBe(true);
      expect(hasQuorum(voters, voters - tolerance(voters) - 1)).toBe(false);
    }
  });

  it("of nobody decides nothing", () => {
    expect(hasQuorum(0, 0)).toBe(false);
    expect(tolerance(0)).toBe(0);
  });
});

const instances = labOf().settings.keepalived?.instances ?? [];
function change(machine: string, rest: Partial<VrrpInstance>): VrrpInstance[] {
  return instances.map((each) => (each.machine === machine ? { ...each, ...rest } : each));
}
const yes = () => true;

describe("who holds the VIP", () => {
  const holder = (
    of: VrrpInstance[],
    living: string[],
    current: string | null,
    sound = yes as (m: string) => boolean,
  ) => predictedHolder(of, (machine) => living.includes(machine), sound, current)?.machine ?? null;

  it("is the highest priority that lives", () => {
    expect(holder(instances, ["cp1", "cp2", "cp3"], "cp1")).toBe("cp1");
    expect(holder(instances, ["cp2", "cp3"], null)).toBe("cp2");
    expect(holder(instances, ["cp3"], null)).toBe("cp3");
    expect(holder(instances, [], null)).toBeNull();
  });

  it("is one whose check succeeds, when the weight is enough", () => {
    expect(holder(instances, ["cp1", "cp2"], "cp1", (machine) => machine !== "cp1")).toBe("cp2");
    const light = change("cp1", {
      check: { intervalMs: 1000, timeoutMs: 1000, fall: 1, rise: 1, weight: -1 },
    });
    expect(holder(light, ["cp1", "cp3"], "cp1", (machine) => machine !== "cp1")).toBe("cp1");
  });

  it("stays where it is when the better one may not preempt", () => {
    expect(holder(change("cp1", { preempt: false }), ["cp1", "cp2"], "cp2")).toBe("cp2");
    expect(holder(instances, ["cp1", "cp2"], "cp2")).toBe("cp1");
  });

  it("is nobody when a failed check without weight takes every machine out", () => {
    const strict = instances.map((each) => ({
      ...each,
      check: { intervalMs: 1000, timeoutMs: 1000, fall: 1, rise: 1, weight: 0 },
    }));
    expect(holder(strict, ["cp1", "cp2"], "cp1", () => false)).toBeNull();
  });
});

describe("priorities and times of VRRP", () => {
  const [first] = instances;
  if (first === undefined) throw new Error("the lab of the tests has keepalived");
  const weighed = (weight: number) => ({
    ...first,
    priority: 100,
    check: { intervalMs: 2000, timeoutMs: 1000, fall: 2, rise: 2, weight },
  });

  it.each([
    [-20, true, 100],
    [-20, false, 80],
    [20, true, 120],
    [20, false, 100],
    [200, true, 254],
    [-200, false, 1],
  ])("weight %i, check %s: %i", (weight, succeeds, priority) => {
    expect(effectivePriority(weighed(weight), succeeds)).toBe(priority);
  });

  it.each([
    [1000, 100, 2, 3609.375],
    [1000, 254, 2, 3007.8125],
    [500, 100, 2, 2109.375],
    [500, 100, 3, 1804.6875],
  ] as const)("advert %i ms, priority %i, VRRP %i: down after %f ms", (advertMs, priority, version, ms) => {
    expect(masterDownMs({ ...first, advertMs, version }, priority)).toBe(ms);
  });

  it("comes back after its check rose, its delay and a master-down time", () => {
    const slow = { ...weighed(-20), preemptDelayMs: 7000 };
    expect(failback(slow, "conf").ms).toBe(2 * 3000 + 7000 + 3609.375);
  });
});

describe("an unlucky run", () => {
  it("is none without dead targets and endless with nothing but dead ones", () => {
    expect(unluckyRun(0, 1000)).toBe(0);
    expect(unluckyRun(1, 1000)).toBe(Infinity);
  });

  it("is longer only once in a million runs", () => {
    for (const share of [0.1, 1 / 3, 0.6]) {
      const length = unluckyRun(share, 600);
      expect(600 * share ** length).toBeLessThanOrEqual(1e-6);
      expect(600 * share ** (length - 1)).toBeGreaterThan(1e-6);
    }
  });
});

describe("an unlucky count", () => {
  it("is none without dead targets and all with nothing but dead ones", () => {
    expect(unluckyCount(0, 1000)).toBe(0);
    expect(unluckyCount(1, 1000)).toBe(1000);
    expect(unluckyCount(2, 7)).toBe(7);
    expect(unluckyCount(0.5, 3)).toBe(3);
  });

  it("is greater only about once in a million runs", () => {
    for (const [share, attempts] of [
      [0.15, 3000],
      [0.5, 600],
    ] as const) {
      const most = unluckyCount(share, attempts);
      expect(tail(share, attempts, most)).toBeLessThan(4e-6);
      expect(tail(share, attempts, most - 10)).toBeGreaterThan(1e-6);
    }
  });

  /** The chance of more than `most` in so many, added up term by term. */
  function tail(share: number, attempts: number, most: number): number {
    let term = attempts * Math.log(1 - share);
    let sum = 0;
    for (let count = 0; count <= attempts; count += 1) {
      if (count > most) sum += Math.exp(term);
      term += Math.log((attempts - count) / (count + 1)) + Math.log(share / (1 - share));
    }
    return sum;
  }
});

describe("budgets", () => {
  const a = given("a", { value: 2000, source: "file a" });
  const b = given("b", { value: 500, source: "file b" });

  it("add up in a chain and tell how", () => {
    expect(budgetOf(chain("both", a, null, b))).toEqual({
      unit: "s",
      budget: 2.5,
      why: "2.5 s = a 2 s + b 0.5 s",
      inputs: [
        { name: "a", value: 2, unit: "s", source: "file a" },
        { name: "b", value: 0.5, unit: "s", source: "file b" },
      ],
    });
  });

  it("take the slowest of what runs side by side", () => {
    expect(slowest("both", a, b, null).ms).toBe(2000);
    expect(slowest("both", null).ms).toBe(0);
  });
});
