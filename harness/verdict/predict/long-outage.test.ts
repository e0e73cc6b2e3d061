import { describe, expect, it } from "vitest";
import type { StateEvent } from "../../timeline/events.ts";
import type { Expectation } from "../expectation.ts";
import { judge } from "../judges/index.ts";
import { labOf } from "../testing/lab.ts";
import { drill, endMs, healMs, injectMs, Simulation } from "../testing/simulate.ts";
import { predictLongOutage, type ExtraFacts } from "./index.ts";

const extras: ExtraFacts[] = [
  { kind: "bare-pod", name: "bare", pods: [{ name: "bare", machine: "w2" }] },
  { kind: "stateful-set", name: "stateful", pods: [{ name: "stateful-0", machine: "w2" }] },
  { kind: "volume-app", name: "keeper", pods: [{ name: "keeper-1", machine: "w2" }] },
  {
    kind: "daemon-set",
    name: "daemon",
    pods: [
      { name: "daemon-1", machine: "w1" },
      { name: "daemon-2", machine: "w2" },
    ],
  },
];
const input = {
  ...labOf({ tolerationMs: 5000 }),
  extras,
  allowances: { bootMs: { value: 20_000, source: "a test" } },
};
const { expectations, statements } = predictLongOutage(input, "w2");

function find(id: string): Expectation {
  const found = expectations.find((each) => each.id === id);
  if (found === undefined)
    throw new Error(`${id} is not among ${expectations.map((each) => each.id).join(", ")}`);
  return found;
}

describe("a long outage of a worker", () => {
  it("names what becomes of each kind of pod", () => {
    expect(statements.join(" ")).toMatch(/bare pod bare is lost.*daemon-2 waits.*stateful-0 is neither/s);
    expect(new Set(expectations.map((each) => each.id)).size).toBe(expectations.length);
    for (const each of expectations) expect(each.why, each.id).not.toBe("");
  });

  it("adds toleration, scheduling and start to the mark", () => {
    // 1 + 50 + 5 + 1 + 0.5 s to the mark, 5 s toleration, 2 requests, 5 s pod start, 0.5 s next look.
    expect(find("workload.full").budget).toBeCloseTo(57.5 + 5 + 1 + 1 + 5 + 0.5, 6);
    expect(find("workload.full").window.to).toBe("declared.inject");
  });

  it("waits for the pod collector's period before a StatefulSet's pod must have moved", () => {
    // Request, 20 s period, request, request, 5 s pod start, 0.5 s next look.
    expect(find("stateful.moved").budget).toBeCloseTo(1 + 20 + 1 + 1 + 5 + 0.5, 6);
    expect(find("stateful.moved").judge).toMatchObject({
      want: { oneOf: ["ready@cp1", "ready@cp2", "ready@cp3", "ready@w1"] },
    });
  });

  it("asks nothing about extras that are not there", () => {
    const ids = predictLongOutage({ ...input, extras: [] }, "w2").expectations.map((each) => each.id);
    expect(ids).not.toContain("stateful.not-duplicated");
    expect(ids).not.toContain("volume.waits");
    expect(ids).toContain("workload.full");
  });
});

describe("a pod whose volume is on the lost machine", () => {
  const declaredMs = injectMs + 400_000;
  const backMs = declaredMs + 20_000;
  const verdict = (id: string, subjects: Record<string, [number, number][]>) => {
    const simulation = new Simulation({ healed: false, ended: false });
    simulation.mark("declared.inject", declaredMs);
    simulation.mark("outage.heal", backMs);
    simulation.mark("replacing", backMs + 200_000);
    simulation.states("extras", subjects);
    return judge(simulation.store, drill, find(id)).verdict;
  };
  const waits = (...changes: [number, number][]) => ({
    unschedulable: [[0, 0], ...changes] as [number, number][],
  });

  it("has a successor that waits until the machine is back", () => {
    const all = waits([injectMs + 58_000, 1], [backMs + 30_000, 0]);
    expect(verdict("volume.waits", all)).toBe("pass");
    expect(verdict("volume.still-waits", all)).toBe("pass");
    const ready: [number, number][] = [
      [0, 1],
      [injectMs + 50_000, 0],
    ];
    expect(verdict("volume.back", { "ready:keeper": [...ready, [backMs + 40_000, 1]] })).toBe("pass");
    expect(verdict("volume.back", { "ready:keeper": ready })).toBe("fail");
  });

  it("fails when it runs elsewhere, without its data", () => {
    expect(verdict("volume.waits", waits())).toBe("fail");
    expect(verdict("volume.still-waits", waits([injectMs + 58_000, 1], [declaredMs + 5000, 0]))).toBe("fail");
  });
});

describe("what may not happen", () => {
  const declaredMs = 30_000;

  function verdict(id: string, probe: string, subjects: Record<string, [number, StateEvent["value"]][]>) {
    const simulation = new Simulation();
    simulation.mark("declared.inject", declaredMs);
    simulation.mark("declared.heal", healMs - 1000);
    simulation.mark("replacing", endMs - 1000);
    simulation.states(probe, subjects);
    return judge(simulation.store, drill, find(id)).verdict;
  }

  it.each([
    ["stays", [[0, "a"]], "pass"],
    [
      "is replaced only after the declaration",
      [
        [0, "a"],
        [declaredMs + 1000, "b"],
      ],
      "pass",
    ],
    [
      "is replaced before it",
      [
        [0, "a"],
        [declaredMs - 1000, "b"],
      ],
      "fail",
    ],
    ["was never seen", [[declaredMs, "a"]], "inconclusive"],
  ] as [string, [number, string][], string][])("a StatefulSet's pod that %s", (_, uids, expected) => {
    expect(verdict("stateful.not-duplicated", "extras", { "uid:stateful-0": uids })).toBe(expected);
  });

  it.each([
    [
      "waits",
      [
        [0, "ready@w2"],
        [injectMs + 5000, "not-ready@w2"],
        [declaredMs + 1000, null],
      ],
      "pass",
    ],
    [
      "is deleted",
      [
        [0, "ready@w2"],
        [injectMs + 5000, null],
      ],
      "fail",
    ],
  ] as [string, [number, string | null][], string][])("a DaemonSet's pod that %s", (_, states, expected) => {
    expect(verdict("daemon.waits", "extras", { "pod:daemon-2": states })).toBe(expected);
  });

  it.each([
    [
      "stays away",
      [
        [0, 3],
        [injectMs + 5000, 0],
      ],
      "pass",
    ],
    [
      "moves back",
      [
        [0, 3],
        [injectMs + 5000, 0],
        [healMs + 3000, 1],
      ],
      "fail",
    ],
  ] as [string, [number, number][], string][])("what was evicted and %s", (_, counts, expected) => {
    expect(verdict("workload.stays-away", "workload", { "on:w2": counts })).toBe(expected);
  });
});
