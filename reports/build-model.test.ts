import { describe, expect, it } from "vitest";
import { buildModel } from "./build-model.ts";
import { sampleRun } from "./testing/sample-run.ts";

const run = sampleRun();
const model = buildModel(run.store, run.verdict);
const drill = (id: string) => {
  const found = model.drills.find((each) => each.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};
const plain = (text: string): string => text.replaceAll("\u00A0", " ");

describe("sentences", () => {
  it("count promises, with what stays open", () => {
    expect(plain(model.sentence)).toBe(
      "The cluster kept 15 of 18 promises in 3 drills; 1 promise could not be judged.",
    );
  });

  it("say what was lost of how many, and what users felt", () => {
    expect(plain(drill("control-plane/lose-one").sentence)).toBe(
      "1 of 3 control planes lost power (cp1): nobody waited longer than 3.31 s; budget 12 s",
    );
  });

  it("a failure names the first cause, not what follows from it", () => {
    expect(plain(drill("control-plane/lose-two").sentence)).toBe(
      "2 of 3 control planes lost power (cp1 and cp2): etcd has quorum again after power on: 26.9 s; budget 21 s",
    );
  });

  it("no verdict is never a pass: it says what was missing", () => {
    expect(drill("workloads/delete-pod").sentence).toContain("no verdict. The HTTP probe was starved");
    expect(model.shortfalls.map((each) => each.verdict)).toEqual(["fail", "inconclusive"]);
  });
});

describe("time", () => {
  it("is zero at the injection's mark", () => {
    expect(drill("control-plane/lose-one").faults[0]).toMatchObject({ injected: -50, healed: 81_200 });
    expect(drill("control-plane/lose-one").zeroAt).toBe("2026-11-21T02:00:14.000Z");
  });
});

describe("waterfall", () => {
  it("a gap counts from its own beginning, a recovery from the heal", () => {
    const links = drill("control-plane/lose-one").waterfall?.links ?? [];
    expect(links.find((link) => link.name === "API answers reads")).toMatchObject({
      measured: 3410,
      budget: 12_100,
    });
    const back = drill("control-plane/lose-two").waterfall?.links.find((link) => link.name === "quorum back");
    expect(back).toMatchObject({ measuredFrom: 45_000, measured: 71_900, budget: 66_000 });
  });

  it("an earliest time is kept beside the budget", () => {
    const marked = drill("control-plane/lose-one").waterfall?.links.find(
      (link) => link.name === "node marked",
    );
    expect(marked).toMatchObject({ earliest: 30_000, budget: 47_000, measured: 43_800 });
  });
});

describe("charts", () => {
  it("count every attempt of the drill once", () => {
    const { availability, latency } = drill("control-plane/lose-one");
    const vip = availability?.rows.find((row) => row.label === "API by VIP");
    const counted = vip?.total.reduce((sum, each) => sum + each, 0);
    const failed = latency?.series
      .find((series) => series.label === "API by VIP")
      ?.failed.reduce((sum, each) => sum + each, 0);
    const ok = vip?.ok.reduce((sum, each) => sum + each, 0);
    expect(counted).toBe(4 * 1157);
    expect((ok ?? 0) + (failed ?? 0)).toBe(counted);
  });

  it("stay small for runs of any length", () => {
    for (const each of model.drills)
      for (const series of each.latency?.series ?? []) expect(series.at.length).toBeLessThanOrEqual(1001);
  });
});

describe("the same recording", () => {
  it("gives the same report for ever", () => {
    expect(buildModel(run.store, run.verdict)).toEqual(model);
  });
});

describe("a recording that lost its beginning", () => {
  it("still gives a report that says what is unknown", () => {
    const store = sampleRun().store;
    store.events.splice(0, 2);
    const torn = buildModel(store, run.verdict);
    expect(torn.run.plan).toBe("unknown plan");
    expect(torn.lab).toBeNull();
    expect(torn.drills).toHaveLength(3);
  });
});
