import { describe, expect, it } from "vitest";
import type { Judge } from "../expectation.ts";
import { drill, endMs, expectationOf, healMs, injectMs, Simulation } from "../testing/simulate.ts";
import { judge } from "./index.ts";

const select = { probe: "vip", subjects: ["holder"] };
const within: Judge = { kind: "state-within", select, want: { is: "cp2" } };
const at = (ms: number) => injectMs + ms;
const holder = (...changes: [number, string | number | null][]) =>
  new Simulation().states("vip", { holder: changes });
const judged = (simulation: Simulation, what: Judge, rest = {}) =>
  judge(simulation.store, drill, expectationOf(what, rest));
const count = { unit: "count", budget: 0 };

describe("state-within", () => {
  it("passes with the time of the change, which may have been up to a tick earlier", () => {
    const found = judged(holder([0, "cp1"], [at(3000), null], [at(3500), "cp2"]), within);
    expect(found).toMatchObject({ verdict: "pass", measured: 3.45 });
    expect(found.uncertainty).toBeCloseTo(0.05, 5);
  });

  it("fails when it comes late", () => {
    expect(judged(holder([0, "cp1"], [at(7000), "cp2"]), within).verdict).toBe("fail");
  });

  it("fails when it never comes, and names what was there instead", () => {
    const found = judged(holder([0, "cp1"]), within);
    expect(found).toMatchObject({ verdict: "fail", measured: null });
    expect(found.seen).toContain("holder (cp1)");
  });

  it("fails when it does not stay", () => {
    const found = judged(holder([0, "cp1"], [at(3000), "cp2"], [at(20_000), "cp1"]), within);
    expect(found.verdict).toBe("fail");
  });

  it("is inconclusive when the window ended before the budget was used up", () => {
    expect(judged(holder([0, "cp1"]), within, { budget: 60 }).verdict).toBe("inconclusive");
  });

  it("is inconclusive for a subject that was never seen", () => {
    expect(judged(new Simulation().states("vip", {}), within).verdict).toBe("inconclusive");
    expect(judged(new Simulation(), within).verdict).toBe("inconclusive");
  });

  it("is inconclusive when the change fell into a blind stretch across the budget", () => {
    const simulation = holder([0, "cp1"], [at(8000), "cp2"]).blind("vip", at(1000), at(8000));
    expect(judged(simulation, within).verdict).toBe("inconclusive");
  });

  it("fails when it was still wrong before the blind stretch and the budget was over by then", () => {
    const simulation = holder([0, "cp1"], [at(9000), "cp2"]).blind("vip", at(6000), at(9000));
    expect(judged(simulation, within).verdict).toBe("fail");
  });

  it("is inconclusive when nobody could see it at the end", () => {
    const simulation = holder([0, "cp1"], [at(3000), "cp2"]).blind("vip", at(20_000), healMs);
    expect(judged(simulation, within).verdict).toBe("inconclusive");
  });

  it("waits for every subject", () => {
    const simulation = new Simulation().states("vip", {
      a: [
        [0, "cp1"],
        [at(1000), "cp2"],
      ],
      b: [
        [0, "cp1"],
        [at(8000), "cp2"],
      ],
    });
    expect(judged(simulation, { ...within, select: { probe: "vip" } }).verdict).toBe("fail");
  });
});

describe("state-within, not before", () => {
  const marked: Judge = { kind: "state-within", select, want: { is: "Unknown" }, earliestMs: 2000 };

  it.each([
    ["pass", 3000],
    ["fail", 1000],
    ["inconclusive", 2050],
  ])("gives %s after %d ms", (verdict, ms) => {
    expect(judged(holder([0, "True"], [at(ms), "Unknown"]), marked).verdict).toBe(verdict);
  });

  it("does not take the end of a blindness for a change", () => {
    const simulation = holder([0, "Unknown"]).blind("vip", injectMs, at(1000));
    expect(judged(simulation, marked, { budget: 60 }).verdict).toBe("inconclusive");
    expect(judged(simulation, marked).seen).toContain("never had another value");
  });

  it("says that it did not come, not that it came too early", () => {
    const late = judged(holder([0, "True"]), marked);
    expect(late.verdict).toBe("fail");
    expect(late.seen).toContain("did not get there");
    expect(judged(holder([0, "True"]), marked, { budget: 60 }).verdict).toBe("inconclusive");
  });

  it("fails when a change had to come and none came", () => {
    const found = judged(holder([0, "Unknown"]), marked);
    expect(found).toMatchObject({ verdict: "fail", measured: null });
    expect(judged(holder([0, "Unknown"]), marked, { budget: 60 }).verdict).toBe("inconclusive");
  });
});

describe("state-within, after another value", () => {
  const emptied: Judge = { kind: "state-within", select, want: { is: 0 }, mustChange: true };

  it("passes however soon after the injection it was, also within one look", () => {
    expect(judged(holder([0, 2], [at(30), 0]), emptied).verdict).toBe("pass");
  });

  it("fails when it was so all the time, or before the injection", () => {
    expect(judged(holder([0, 0]), emptied)).toMatchObject({ verdict: "fail", measured: null });
    expect(judged(holder([0, 2], [at(-30), 0]), emptied).verdict).toBe("fail");
  });
});

describe("state-holds", () => {
  const holds: Judge = { kind: "state-holds", select, want: { is: "True" } };

  it("passes when nothing changed", () => {
    expect(judged(holder([0, "True"]), holds, count)).toMatchObject({ verdict: "pass", measured: 0 });
  });

  it("counts every time that it left", () => {
    const simulation = holder([0, "True"], [at(1000), "False"], [at(2000), "True"], [at(3000), "Unknown"]);
    expect(judged(simulation, holds, count)).toMatchObject({ verdict: "fail", measured: 2 });
  });

  it("counts a wrong beginning", () => {
    expect(judged(holder([0, "False"]), holds, count)).toMatchObject({ verdict: "fail", measured: 1 });
  });

  it("ignores what happened outside the window", () => {
    const simulation = holder([0, "False"], [at(-1000), "True"], [healMs + 1000, "False"]);
    expect(judged(simulation, holds, count).verdict).toBe("pass");
  });

  it("bridges a blind stretch only as long as it is told to", () => {
    const blind = () => holder([0, "True"]).blind("vip", at(1000), at(9000));
    expect(judged(blind(), holds, count).verdict).toBe("inconclusive");
    const patient: Judge = { ...holds, select: { ...select, bridgeMs: 10_000 } };
    expect(judged(blind(), patient, count).verdict).toBe("pass");
  });

  it("bridges a short blind stretch that the window begins or ends in", () => {
    const simulation = holder([0, "True"])
      .blind("vip", at(-500), at(500))
      .blind("vip", healMs - 500, healMs + 500);
    expect(judged(simulation, holds, count).verdict).toBe("pass");
  });

  it("puts pieces of one blind stretch together before it bridges", () => {
    const simulation = holder([0, "True"]);
    for (let t = 1000; t < 9000; t += 1000) simulation.blind("vip", at(t), at(t + 1000));
    expect(judged(simulation, holds, count).verdict).toBe("inconclusive");
  });

  it("is inconclusive when it was first seen in the middle", () => {
    expect(judged(holder([at(1000), "True"]), holds, count).verdict).toBe("inconclusive");
  });
});

describe("state-unchanged", () => {
  const unchanged: Judge = {
    kind: "state-unchanged",
    select: { probe: "containers", subjects: ["w1/*"], bridgeMs: 86_400_000 },
  };
  const containers = (changes: Record<string, [number, string | null][]>) =>
    new Simulation().states("containers", changes);

  it("passes when all stayed, and does not look at other machines", () => {
    const simulation = containers({
      "w1/a": [[0, "id1"]],
      "w2/b": [
        [0, "id2"],
        [at(10), "id3"],
      ],
    });
    expect(judged(simulation, unchanged, count)).toMatchObject({ verdict: "pass", measured: 0 });
  });

  it("fails on a restart, and on one that went away", () => {
    const simulation = containers({
      "w1/a": [
        [0, "id1"],
        [at(10), "id2"],
      ],
      "w1/b": [
        [0, "id3"],
        [at(20), null],
      ],
    });
    expect(judged(simulation, unchanged, count)).toMatchObject({ verdict: "fail", measured: 2 });
  });

  it("does not count containers that came later", () => {
    const simulation = containers({
      "w1/a": [[0, "id1"]],
      "w1/new": [
        [at(10), "id2"],
        [at(20), null],
      ],
    });
    expect(judged(simulation, unchanged, count).verdict).toBe("pass");
  });

  it("is sure of an id that is the same after a blind stretch, and not of one that is not seen at the end", () => {
    const seen = containers({ "w1/a": [[0, "id1"]] }).blind("containers", at(1000), at(20_000), "w1/*");
    expect(judged(seen, unchanged, count).verdict).toBe("pass");
    const unseen = containers({ "w1/a": [[0, "id1"]] }).blind("containers", at(1000), endMs, "w1/*");
    expect(judged(unseen, unchanged, count).verdict).toBe("inconclusive");
    const other = containers({ "w1/a": [[0, "id1"]] }).blind("containers", at(1000), healMs, "w2/*");
    expect(judged(other, unchanged, count).verdict).toBe("pass");
  });
});

describe("state-longest", () => {
  const longest: Judge = { kind: "state-longest", select, unwanted: { is: null } };

  it("measures the longest stretch", () => {
    const simulation = holder(
      [0, "cp1"],
      [at(1000), null],
      [at(2000), "cp2"],
      [at(5000), null],
      [at(8000), "cp2"],
    );
    expect(judged(simulation, longest)).toMatchObject({ verdict: "pass", measured: 3 });
    expect(judged(simulation, longest, { budget: 2 }).verdict).toBe("fail");
    expect(judged(simulation, longest, { budget: 3 }).verdict).toBe("inconclusive");
  });

  it("adds what was not seen to the worst case only", () => {
    const simulation = holder([0, "cp1"], [at(1000), null], [at(9000), "cp2"]).blind(
      "vip",
      at(2000),
      at(9000),
    );
    expect(judged(simulation, longest).verdict).toBe("inconclusive");
  });

  it("does not know how long it would have lasted when the window ended in it", () => {
    const simulation = holder([0, "cp1"], [healMs - 1000, null]);
    expect(judged(simulation, longest).verdict).toBe("inconclusive");
    expect(judged(holder([0, "cp1"], [healMs - 9000, null]), longest).verdict).toBe("fail");
  });

  it("is zero when it never was", () => {
    expect(judged(holder([0, "cp1"]), longest)).toMatchObject({ verdict: "pass", measured: 0 });
  });
});

describe("the last pod's steps", () => {
  const counted: Judge = {
    kind: "state-within",
    select: { probe: "workload", subjects: ["ready"] },
    want: { is: 2 },
  };
  const workload = (pods: Record<string, [number, string | null][]>) =>
    new Simulation().states("workload", {
      ready: [
        [0, 2],
        [at(100), 1],
        [at(4000), 2],
      ],
      ...pods,
    });
  const old: [number, string | null][] = [
    [0, "ready@w1"],
    [at(100), "terminating@w1"],
    [at(3000), null],
  ];

  it("are told with the count of Ready pods, for the pod that was Ready last", () => {
    const found = judged(
      workload({
        "pod:web-old": old,
        "pod:web-new": [
          [at(200), "starting"],
          [at(300), "starting@w2"],
          [at(2900), "not-ready@w2"],
          [at(4000), "ready@w2"],
        ],
        "pod:web-soon": [
          [at(150), "starting@w1"],
          [at(900), "ready@w1"],
        ],
      }),
      counted,
    );
    expect(found.seen).toContain(
      "the last, web-new on w2, was made after 0.2 s, scheduled after 0.3 s, running after 2.9 s, Ready after 4 s.",
    );
  });

  it("say where a pod that never gets Ready stands", () => {
    const stuck = workload({
      "pod:web-new": [
        [at(200), "starting"],
        [at(300), "starting@w2"],
      ],
    });
    expect(judged(stuck, counted).seen).toContain("scheduled after 0.3 s, and not Ready");
  });

  it("are not told of pods that were there before, or went again", () => {
    const gone: [number, string | null][] = [
      [at(200), "starting"],
      [at(900), "terminating@w2"],
    ];
    expect(judged(workload({ "pod:web-old": old, "pod:web-gone": gone }), counted).seen).not.toContain(
      "the last",
    );
  });
});
