import { describe, expect, it } from "vitest";
import { meanwhileLines } from "./meanwhile.ts";
import { drill, healMs, injectMs, Simulation } from "./testing/simulate.ts";

const after = (ms: number) => injectMs + ms;

/** A fault is injected at `injectMs`. */
function simulated() {
  const simulation = new Simulation();
  const [fault] = simulation.store.all("fault", drill);
  if (fault !== undefined) simulation.store.append({ ...fault, state: "injecting", t: injectMs });
  return simulation;
}

describe("what changed meanwhile", () => {
  it("names leaders and holders that changed after the fault, with the one before", () => {
    const { store } = simulated()
      .states("etcd", {
        leader: [
          [0, "cp2"],
          [after(1000), null],
          [after(2500), "cp3"],
        ],
      })
      .states("vip", { holder: [[0, "cp1"]] });
    expect(meanwhileLines(store, drill)).toEqual([
      "etcd's leader: cp2, absent (1 s after the fault), cp3 (2.5 s after the fault)",
    ]);
  });

  it("is silent when nothing changed, and when there was no fault", () => {
    const calm = simulated().states("etcd", { leader: [[0, "cp2"]] });
    expect(meanwhileLines(calm.store, drill)).toEqual([]);
    const early = new Simulation().states("etcd", {
      leader: [
        [0, "cp2"],
        [healMs, "cp1"],
      ],
    });
    expect(meanwhileLines(early.store, drill)).toEqual([]);
  });
});
