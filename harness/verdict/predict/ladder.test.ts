import { describe, expect, it } from "vitest";
import { defaultScaleUp } from "../../lab/autoscaler.ts";
import type { StateEvent } from "../../timeline/events.ts";
import { judge } from "../judges/index.ts";
import { labOf } from "../testing/lab.ts";
import { GiB, worker } from "../testing/room.ts";
import { drill, Simulation } from "../testing/simulate.ts";
import { predictLadder, predictSteps } from "./index.ts";

const input = labOf();
const cost = { perRequest: 0.0002, idleCores: 0, source: "a test" };

const app = {
  name: "ladder",
  minReplicas: 1,
  up: defaultScaleUp,
  upWindowMs: { value: 0, source: "a test" },
  downWindowMs: { value: 30_000, source: "a test" },
  seen: { probe: "extras" as const, ready: "ready:ladder" },
  onWorkers: true,
  requests: { cpuCores: 0.025, memoryBytes: 2 * GiB },
  cpuLimitCores: 0.1,
  maxReplicas: 30,
  targetPercent: 70,
  standing: 1,
};
const stage = (connections: number, rateHz: number | null = connections) => ({
  name: `c${String(connections)}`,
  connections,
  rateHz,
  maxRequests: null,
});
const exactly = (count: number) => ({ least: count, likely: count, most: count });
const stages = [stage(10), stage(100), stage(1000)];

// One stands already: 1 more fits on w1, 2 on w2.
const room = [worker("w1", 3), worker("w2", 5)];

describe("the stages of a ladder", () => {
  const steps = predictSteps(input, app, stages, cost, room);

  it("come to as many replicas as the HPA's formula gives, and run as many as fit", () => {
    // 0.2 ms × 1,000/s = 0.2 cores; a pod is to use 0.7 × 0.025. Within half and a quarter more of that.
    expect(steps.map(({ from, wanted, fits, room }) => ({ from, wanted, fits, room }))).toEqual([
      { from: exactly(1), wanted: { least: 1, likely: 1, most: 2 }, fits: 4, room: "enough" },
      {
        from: { least: 1, likely: 1, most: 2 },
        wanted: { least: 1, likely: 2, most: 3 },
        fits: 4,
        room: "enough",
      },
      {
        from: { least: 1, likely: 2, most: 3 },
        wanted: { least: 6, likely: 12, most: 15 },
        fits: 4,
        room: "short",
      },
    ]);
  });

  it("with an open pace use what the limits of the pods that fit allow", () => {
    const [open] = predictSteps(input, app, [stage(10, null)], cost, room);
    // 4 pods × 0.1 core.
    expect(open).toMatchObject({ wanted: { likely: 23 }, fits: 4, room: "short" });
  });

  it("begin at the HPA's minimum, and end for want of what is short first", () => {
    const hungry = {
      ...app,
      minReplicas: 3,
      standing: 3,
      requests: { cpuCores: 1, memoryBytes: GiB / 4 },
      cpuLimitCores: 2,
      targetPercent: 40,
    };
    const [, , last] = predictSteps(input, hungry, stages, { ...cost, perRequest: 0.02 }, room);
    expect(last).toMatchObject({ from: { least: 3 }, room: "short", lacks: "Insufficient cpu" });
  });

  it("are not called saturated where that depends on what a request will cost", () => {
    const [, , last] = predictSteps(input, app, stages, cost, [worker("w1", 9), worker("w2", 13)]);
    expect(last).toMatchObject({ fits: 11, room: "unsure", lacks: null });
    const { expectations, statements } = predictLadder(
      input,
      app,
      last === undefined ? [] : [last],
      cost,
      room,
    );
    expect(statements.join("\n")).toContain("11 fit, so it may saturate");
    expect(expectations.find((each) => each.id === "c1000.running")?.judge).toMatchObject({
      want: { atLeast: 4 },
    });
    expect(expectations.map((each) => each.id)).not.toContain("c1000.saturated");
  });

  it("last as long as it takes to get there, and a moment longer", () => {
    const [, , last] = steps;
    const { expectations } = predictLadder(input, app, steps, cost, room);
    const runs = expectations.find((each) => each.id === "c1000.running");
    expect(last?.durationMs).toBeGreaterThan((runs?.budget ?? Infinity) * 1000);
  });
});

describe("an HPA on a ladder", () => {
  const steps = predictSteps(input, app, stages, cost, room);
  const { expectations, statements } = predictLadder(input, app, steps, cost, room);
  const find = (id: string) => {
    const found = expectations.find((each) => each.id === id);
    if (found === undefined)
      throw new Error(`${id} is not among ${expectations.map((each) => each.id).join(", ")}`);
    return found;
  };
  const beginMs = 11_000;
  const endMs = 39_000;
  function verdict(id: string, probe: string, subjects: Record<string, [number, StateEvent["value"]][]>) {
    const simulation = new Simulation();
    for (const name of ["c100", "c1000"]) {
      simulation.mark(`${name}.begin`, beginMs);
      simulation.mark(`${name}.end`, endMs);
    }
    simulation.mark("ladder.begin", beginMs - 500);
    simulation.mark("ladder.ready", beginMs);
    simulation.mark("ladder.end", endMs);
    simulation.states(probe, subjects);
    return judge(simulation.store, drill, find(id)).verdict;
  }
  const autoscalers = (id: string, subject: string, ...changes: [number, StateEvent["value"]][]) =>
    verdict(id, "autoscalers", { [`${subject}:ladder`]: changes });

  it("is told in words with its numbers", () => {
    expect(statements.join("\n")).toContain("4 pods fit beside what runs (1 more on w1, 2 more on w2");
    expect(statements.join("\n")).toContain("the HPA goes from 2 to about 12 (6 to 15); only 4 fit");
    for (const each of expectations) expect(each.why, each.id).not.toBe("");
    expect(new Set(expectations.map((each) => each.id)).size).toBe(expectations.length);
  });

  it("must see metrics, and says why not", () => {
    expect(autoscalers("hpa.sees-metrics", "active", [0, "True"])).toBe("pass");
    expect(autoscalers("hpa.sees-metrics", "active", [0, "False: FailedGetResourceMetric"])).not.toBe("pass");
  });

  it("must not be held back by its maximum", () => {
    expect(autoscalers("hpa.not-held-back", "limited", [0, null], [beginMs + 5000, "ScaleUpLimit"])).toBe(
      "pass",
    );
    expect(autoscalers("hpa.not-held-back", "limited", [0, null], [beginMs + 5000, "TooManyReplicas"])).toBe(
      "fail",
    );
  });

  it("must react", () => {
    expect(autoscalers("c1000.reacted", "desired", [0, 2], [beginMs + 20_000, 6])).toBe("pass");
    expect(autoscalers("c1000.reacted", "desired", [0, 2])).not.toBe("pass");
    // Three may have been there before.
    expect(autoscalers("c1000.reacted", "desired", [0, 3])).not.toBe("pass");
  });

  it("may stay where it is when it is to want one more: a request may cost a little less than measured", () => {
    expect(expectations.map((each) => each.id)).not.toContain("c100.reacted");
  });

  it("must run as many pods as fit, and names where it saturates", () => {
    const extras = (id: string, subject: string, ...changes: [number, StateEvent["value"]][]) =>
      verdict(id, "extras", { [subject]: changes });
    expect(extras("c1000.running", "ready:ladder", [0, 2], [beginMs + 9000, 4])).toBe("pass");
    expect(extras("c1000.running", "ready:ladder", [0, 2], [beginMs + 9000, 3])).not.toBe("pass");
    expect(
      extras("c1000.saturated", "unschedulable-for", [0, null], [beginMs + 9000, "Insufficient memory"]),
    ).toBe("pass");
  });

  it("may saturate, unless the plan wants room for every pod: then users' time counts there as well", () => {
    const strict = predictLadder({ ...input, failOnSaturation: true }, app, steps, cost, room);
    const promise = strict.expectations.filter((each) => each.id === "hpa.all-fit");
    const unschedulable = (...changes: [number, StateEvent["value"]][]) => {
      const simulation = new Simulation();
      simulation.mark("ladder.ready", beginMs);
      simulation.mark("ladder.end", endMs);
      simulation.states("extras", { unschedulable: [[0, 0], ...changes] });
      return promise.map((each) => judge(simulation.store, drill, each).verdict);
    };
    expect(unschedulable()).toEqual(["pass"]);
    expect(unschedulable([beginMs + 9000, 3])).toEqual(["fail"]);
    expect(strict.expectations.find((each) => each.id === "c1000.p99")?.budget).toBe(1);
    expect(find("c1000.p99").budget).toBeNull();
    expect(expectations.map((each) => each.id)).not.toContain("hpa.all-fit");
  });

  it("must be right in the end by its own formula where all pods find room, at most one fewer", () => {
    const roomy = [worker("w1", 60)];
    const all = predictLadder(input, app, predictSteps(input, app, stages, cost, roomy), cost, roomy);
    const promise = all.expectations.filter((each) => each.id === "c1000.follows");
    const missing = (value: number) => {
      const simulation = new Simulation();
      simulation.mark("c1000.begin", beginMs);
      simulation.mark("c1000.end", endMs);
      simulation.store.append({ type: "fact", t: endMs, drill, name: "stage.c1000.missing", value });
      return promise.map((each) => judge(simulation.store, drill, each).verdict);
    };
    expect([0, 1, 2].flatMap(missing)).toEqual(["pass", "pass", "fail"]);
    expect(expectations.map((each) => each.id)).not.toContain("c1000.follows");
  });

  it("must not flap, and be back at one afterwards", () => {
    expect(autoscalers("hpa.no-flapping", "turns", [0, 0])).toBe("pass");
    expect(autoscalers("hpa.no-flapping", "turns", [0, 0], [beginMs + 9000, 1])).toBe("fail");
    expect(autoscalers("hpa.back-to-min", "desired", [0, 12], [endMs + 9000, 1])).toBe("pass");
    expect(autoscalers("hpa.back-to-min", "desired", [0, 12])).not.toBe("pass");
  });
});
