import { describe, expect, it } from "vitest";
import type { Expectation } from "../expectation.ts";
import { judge } from "../judges/index.ts";
import { labOf, type LabOptions } from "../testing/lab.ts";
import { drill, endMs, healMs, injectMs, Simulation } from "../testing/simulate.ts";
import { predictShortOutage, shortOutageMs } from "./index.ts";

const allowances = {
  bootMs: { value: 20_000, source: "a test" },
  componentStartMs: { value: 30_000, source: "a test" },
};
const lab = (options: LabOptions = {}) => ({ ...labOf(options), allowances });

function find(expectations: Expectation[], id: string): Expectation {
  const found = expectations.find((each) => each.id === id);
  if (found === undefined)
    throw new Error(`${id} is not among ${expectations.map((each) => each.id).join(", ")}`);
  return found;
}

describe("how long a short outage is", () => {
  it("is longer than it takes to notice, and ends before any eviction", () => {
    // Noticed after 1 + 50 + 5 + 1 + 0.5 s; evicted after 40 + 100 s at the earliest; back in 20 + 30 + 10 + 3 s.
    expect(shortOutageMs(lab({ tolerationMs: 100_000 }), "w2")).toBe(57_500 + (77_000 - 57_500) / 4);
    expect(shortOutageMs(lab({ tolerationMs: 300_000 }), "w2")).toBeLessThan(40_000 + 300_000 - 63_000);
  });

  it("cannot be when the toleration is too short, and says how long it must be", () => {
    expect(() => shortOutageMs(lab({ tolerationMs: 60_000 }), "w2")).toThrow(/No outage is long enough/);
    expect(() => predictShortOutage(lab({ tolerationMs: 0 }), "w2")).toThrow(/toleration of 0 s/);
  });
});

describe("a short outage of a worker", () => {
  const { expectations, statements } = predictShortOutage(lab({ tolerationMs: 100_000 }), "w2");

  it("demands the mark, the same pods, and that they are back, and no control plane is missed", () => {
    const ids = expectations.map((each) => each.id);
    expect(ids).toEqual(
      expect.arrayContaining([
        "nodes.marked",
        "workload.marked",
        "endpoints.marked",
        "workload.none-evicted",
        "workload.same-pods",
        "workload.returned",
        "endpoints.returned",
        "nodes.returned",
        "controllers.replace-pod",
      ]),
    );
    expect(ids).not.toContain("workload.evicted");
    expect(ids).not.toContain("etcd.members.returned");
    expect(new Set(ids).size).toBe(ids.length);
    expect(statements.join(" ")).toContain("the same pods are Ready again");
  });

  it("waits for boot, kubelet, node and containers until the pods must be back", () => {
    expect(find(expectations, "workload.returned").budget).toBeCloseTo(20 + 30 + 10 + 3 + 5 + 0.5, 6);
  });

  it("has a reason and inputs for every budget", () => {
    for (const each of expectations) expect(each.why, each.id).not.toBe("");
  });

  /** w2's pods over an outage: [time, value] of their UIDs and of the count on their way out. */
  function seen(uid: [number, string | null][], terminating: [number, number][]) {
    const pods = ["web-w2-0", "web-w2-1"];
    const simulation = new Simulation();
    simulation.mark("replacing", endMs - 1000);
    simulation.states("workload", {
      ...Object.fromEntries(pods.map((pod) => [`uid:${pod}`, uid])),
      terminating,
    });
    const verdict = (id: string) => judge(simulation.store, drill, find(expectations, id)).verdict;
    return [verdict("workload.none-evicted"), verdict("workload.same-pods")];
  }

  it("passes when nobody touched the pods, and fails when they were evicted, force-deleted or made anew", () => {
    expect(seen([[0, "a"]], [[0, 0]])).toEqual(["pass", "pass"]);
    expect(
      seen(
        [
          [0, "a"],
          [injectMs + 5000, null],
        ],
        [[0, 0]],
      ),
    ).toEqual(["pass", "fail"]);
    expect(
      seen(
        [
          [0, "a"],
          [healMs + 5000, "b"],
        ],
        [
          [0, 0],
          [injectMs + 5000, 2],
          [healMs, 0],
        ],
      ),
    ).toEqual(["fail", "fail"]);
  });

  it("says nothing when the pods were not seen before", () => {
    const simulation = new Simulation().states("workload", { terminating: [[0, 0]] });
    simulation.mark("replacing", endMs - 1000);
    expect(judge(simulation.store, drill, find(expectations, "workload.same-pods")).verdict).toBe(
      "inconclusive",
    );
  });
});
