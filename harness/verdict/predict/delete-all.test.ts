import { describe, expect, it } from "vitest";
import { judge } from "../judges/index.ts";
import { labOf } from "../testing/lab.ts";
import { drill, injectMs, Simulation } from "../testing/simulate.ts";
import { predictDeleteAll, type ExtraFacts } from "./index.ts";

const extras: ExtraFacts[] = [
  { kind: "stateful-set", name: "stateful", pods: [{ name: "stateful-0", machine: "w1" }] },
  {
    kind: "daemon-set",
    name: "daemon",
    pods: ["w1", "w2"].map((machine) => ({ name: `daemon-${machine}`, machine })),
  },
  { kind: "bare-pod", name: "bare", pods: [{ name: "bare", machine: "w1" }] },
];
const deleted = { pods: ["web-1", "web-2"], loads: ["load.users"] };
const { expectations } = predictDeleteAll({ ...labOf(), extras }, deleted);
const find = (id: string) => {
  const found = expectations.find((each) => each.id === id);
  if (found === undefined)
    throw new Error(`${id} is not among ${expectations.map((each) => each.id).join(", ")}`);
  return found;
};

describe("all pods of a namespace at once", () => {
  it("are made anew in batches that double", () => {
    // Deletion 1 s, batches of 1, 2, 4 and 6 for 13 pods 4 s, scheduler 1 s, start 5 s, the next look 0.5 s.
    expect(find("pod.replaced").budget).toBeCloseTo(1 + 4 + 1 + 5 + 0.5, 6);
  });

  it("a StatefulSet waits for the end of the old pod; a bare pod has nobody who makes it anew", () => {
    expect(find("others.replaced").budget).toBeCloseTo(1 + 15 + 1 + 5 + 0.5, 6);
    expect(find("others.replaced").judge).toMatchObject({ want: { is: 3 } });
    const without = predictDeleteAll(labOf(), deleted).expectations.map((each) => each.id);
    expect(without).not.toContain("others.replaced");
  });

  it("only counts requests: for a while nobody can answer", () => {
    expect(find("requests.failed").budget).toBeNull();
  });

  it("fails when fewer come back, or nothing was deleted at all", () => {
    const seen = (...changes: [number, number][]) => {
      const simulation = new Simulation().states("workload", { ready: [[0, 13], ...changes] });
      return judge(simulation.store, drill, find("pod.replaced")).verdict;
    };
    expect(seen([injectMs + 100, 0], [injectMs + 6000, 13])).toBe("pass");
    expect(seen([injectMs + 100, 0], [injectMs + 6000, 5])).toBe("fail");
    expect(seen([injectMs + 100, 0], [injectMs + 20_000, 13])).toBe("fail");
    expect(seen()).toBe("fail");
  });
});
