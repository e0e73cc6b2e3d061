// Whatever outage there was and however the probe looked: the truth lies between best and worst, and a verdict is
// never the wrong one.
import { expect, it } from "vitest";
import { drill, expectationOf, injectMs, Simulation, type Looking } from "../testing/simulate.ts";
import { judge } from "./index.ts";

/** Numbers in [0, 1) that are the same in every run (Park and Miller's generator). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

interface Case {
  simulation: Simulation;
  fromMs: number;
  lengthMs: number;
}

function randomCase(random: () => number): Case {
  const fromMs = random() * 5000;
  const lengthMs = 300 + random() * 12_000;
  const sleepMs = injectMs + random() * 15_000;
  const looking: Looking = {
    tickMs: 50 + Math.floor(random() * 200),
    phaseMs: random() * 50,
    fails: random() < 0.5 ? "at once" : "late",
    asleep: random() < 0.5 ? [[sleepMs, sleepMs + random() * 3000]] : [],
  };
  const down: [number, number][] = [[injectMs + fromMs, injectMs + fromMs + lengthMs]];
  return { simulation: new Simulation().samples("api", { down }, looking), fromMs, lengthMs };
}

it("the longest gap is never judged wrongly", () => {
  const random = numbers(20_261_121);
  const verdicts = new Set<string>();
  for (let index = 0; index < 400; index += 1) {
    const { simulation, lengthMs } = randomCase(random);
    const budget = lengthMs / 1000 + (random() - 0.5) * 4;
    const found = judge(
      simulation.store,
      drill,
      expectationOf({ kind: "longest-gap", probes: ["api"] }, { budget }),
    );
    verdicts.add(found.verdict);
    if (found.verdict === "pass") expect(lengthMs / 1000).toBeLessThanOrEqual(budget);
    if (found.verdict === "fail") expect(lengthMs / 1000).toBeGreaterThan(budget);
  }
  expect([...verdicts].sort()).toEqual(["fail", "inconclusive", "pass"]);
});

it("the return is never judged wrongly", () => {
  const random = numbers(4711);
  const verdicts = new Set<string>();
  for (let index = 0; index < 400; index += 1) {
    const { simulation, fromMs, lengthMs } = randomCase(random);
    const truth = (fromMs + lengthMs) / 1000;
    const budget = truth + (random() - 0.5) * 4;
    const found = judge(
      simulation.store,
      drill,
      expectationOf({ kind: "back-within", probes: ["api"] }, { budget }),
    );
    verdicts.add(found.verdict);
    if (found.verdict === "pass") expect(truth).toBeLessThanOrEqual(budget);
    if (found.verdict === "fail") expect(truth).toBeGreaterThan(budget);
  }
  expect([...verdicts].sort()).toEqual(["fail", "inconclusive", "pass"]);
});
