import { describe, expect, it } from "vitest";
import type { Settings, Topology } from "../lab/facts.ts";
import { exitCodeOf } from "./exit-code.ts";
import type { Expectation } from "./expectation.ts";
import { judgeDrill, judgeRun } from "./judge-run.ts";
import { drill, endMs, healMs, injectMs, Simulation } from "./testing/simulate.ts";

const gap = { kind: "longest-gap", probes: ["api"] } as const;
const back = { kind: "back-within", probes: ["api"] } as const;

/** An outage of so many ms, seen by a probe, with a recorded lab. */
function run(awayMs: number, options: ConstructorParameters<typeof Simulation>[0] = {}): Simulation {
  const simulation = new Simulation(options);
  const lab = { name: "lab", fingerprint: "f", topology: {} as Topology, settings: {} as Settings };
  simulation.store.append({ type: "lab", t: 0, ...lab });
  return simulation.samples("api", { down: [[injectMs, injectMs + awayMs]] });
}

function judged(simulation: Simulation, ...expectations: Partial<Expectation>[]) {
  for (const [index, each] of expectations.entries())
    simulation.expect({ ...gap, probes: [...gap.probes] }, { id: `e${String(index)}`, ...each });
  return judgeDrill(simulation.store, drill);
}

describe("a drill", () => {
  it("passes when every promise was kept, and says the headline", () => {
    const verdict = judged(run(1000), { headline: true, title: "The API stays" });
    expect(verdict).toMatchObject({ verdict: "pass", evidence: [], state: "completed" });
    expect(verdict.reason).toMatch(/^All 1 promises were kept; The API stays: 0\.95\d* s of 5 s allowed\.$/);
  });

  it("fails with the first cause, and folds what follows from it", () => {
    const verdict = judged(
      run(9000),
      { id: "vip", title: "The VIP moves", link: { name: "vip", after: "fault" } },
      { id: "mid", budget: 20, link: { name: "mid", after: "vip" } },
      { id: "api", title: "The API is back", link: { name: "api", after: "mid" } },
    );
    expect(verdict.verdict).toBe("fail");
    expect(verdict.reason).toMatch(/^The VIP moves: .*\(budget 5 s\)\. 1 more failed\.$/);
    expect(verdict.expectations.map((each) => each.foldedUnder)).toEqual([null, null, "vip"]);
  });

  it("tells first what was broken first, whatever the order in which promises were stated", () => {
    const verdict = judged(
      run(9000),
      { id: "late", title: "Something later", budget: 7 },
      { id: "early", title: "The cause", budget: 3 },
    );
    expect(verdict.reason).toMatch(/^The cause: .*\. 1 more failed\.$/);
  });

  it("tells a stretch that came late in its window after what was broken before it", () => {
    const simulation = run(9000).samples("users", { down: [[healMs - 4000, healMs - 1000]] });
    const verdict = judged(
      simulation,
      { id: "users", title: "Users wait", judge: { ...gap, probes: ["users"] }, budget: 1 },
      { id: "api", title: "The cause", judge: { ...back, probes: ["api"] }, budget: 7 },
    );
    expect(verdict.reason).toMatch(/^The cause: .*\. 1 more failed\.$/);
  });

  it("is inconclusive when the fault was not confirmed, whatever was measured", () => {
    const verdict = judged(run(9000, { confirmed: false }), {});
    expect(verdict.verdict).toBe("inconclusive");
    expect(verdict.reason).toContain("not confirmed");
  });

  it("is inconclusive when the harness was too slow, whatever was measured", () => {
    const simulation = run(9000);
    for (let t = 0; t < endMs; t += 1000) simulation.blind("api", t, t + 600);
    expect(judged(simulation, {})).toMatchObject({ verdict: "inconclusive" });
  });

  it("is inconclusive when nothing was expected", () => {
    expect(judged(run(1000)).verdict).toBe("inconclusive");
  });

  it("is inconclusive when it was not finished, but what was proven to fail stays failed", () => {
    const unfinished = run(1000, { ended: false });
    expect(judged(unfinished, {})).toMatchObject({ verdict: "inconclusive", state: "started" });
    expect(judged(run(9000, { ended: false }), {}).verdict).toBe("fail");
  });

  it("never passes when it was broken off", () => {
    const simulation = run(1000, { ended: false });
    simulation.store.append({
      type: "drill",
      t: endMs,
      drill,
      title: "A drill",
      state: "aborted",
      reason: "Ctrl-C",
    });
    const verdict = judged(simulation, {});
    expect(verdict.verdict).toBe("inconclusive");
    expect(verdict.reason).toContain("Ctrl-C");
  });

  it("tells why it was broken off when that is why the fault was not confirmed", () => {
    const simulation = run(9000, { confirmed: false, ended: false });
    const reason = "The machine m1 could not be made.";
    simulation.store.append({
      type: "drill",
      t: endMs,
      drill,
      title: "A drill",
      state: "inconclusive",
      reason,
    });
    expect(judged(simulation, {}).reason).toMatch(
      /^It was not confirmed .*: The machine m1 could not be made\.$/,
    );
  });

  it("is inconclusive when a probe was not there, and says which", () => {
    const simulation = run(1000);
    simulation.expect({ kind: "back-within", probes: ["etcd"] });
    const verdict = judgeDrill(simulation.store, drill);
    expect(verdict.verdict).toBe("inconclusive");
    expect(verdict.reason).toContain("etcd was not running");
  });

  it("never passes when the fault could not be put back", () => {
    const simulation = run(1000);
    simulation.fault("broken", endMs - 1);
    expect(judged(simulation, {}).verdict).toBe("inconclusive");
  });

  it("tells when its faults were injected, confirmed and healed", () => {
    expect(judged(run(1000), {}).faults).toMatchObject([
      {
        injectedAt: injectMs + 200,
        confirmedAt: injectMs + 400,
        healedAt: healMs + 500,
        targets: ["cp1"],
      },
    ]);
  });

  it("says the same for ever", () => {
    const simulation = run(9000);
    simulation.expect({ ...back, probes: ["api"] });
    expect(judgeDrill(simulation.store, drill)).toEqual(judgeDrill(simulation.store, drill));
  });
});

describe("a run", () => {
  const finish = (simulation: Simulation, outcome: "completed" | "interrupted") => {
    simulation.store.append({ type: "run-end", t: endMs + 1, outcome });
    return judgeRun(simulation.store);
  };
  const expecting = (awayMs: number) => {
    const simulation = run(awayMs);
    simulation.expect({ ...gap, probes: ["api"] });
    return simulation;
  };

  it("passes with exit code 0 when every drill did", () => {
    const verdict = finish(expecting(1000), "completed");
    expect(verdict).toMatchObject({ verdict: "pass", outcome: "completed" });
    expect(exitCodeOf(verdict)).toBe(0);
  });

  it("fails with exit code 1 when a drill did, also when it was interrupted", () => {
    expect(exitCodeOf(finish(expecting(9000), "completed"))).toBe(1);
    expect(exitCodeOf(finish(expecting(9000), "interrupted"))).toBe(1);
  });

  it("is inconclusive with exit code 3 when it was interrupted or killed", () => {
    expect(exitCodeOf(finish(expecting(1000), "interrupted"))).toBe(3);
    const killed = judgeRun(expecting(1000).store);
    expect(killed).toMatchObject({ verdict: "inconclusive", outcome: "unfinished" });
  });

  it("lists what the lab could not run apart, and does not pass with nothing else", () => {
    const simulation = expecting(1000);
    const other = { drill: "other", title: "Another" };
    simulation.store.append({ type: "drill", t: 1, ...other, state: "started" });
    simulation.store.append({
      type: "drill",
      t: 2,
      ...other,
      state: "unavailable",
      reason: "needs 3 control planes",
    });
    const verdict = finish(simulation, "completed");
    expect(verdict.verdict).toBe("pass");
    expect(verdict.unavailable).toEqual([
      { id: "other", title: "Another", reason: "needs 3 control planes" },
    ]);
    expect(verdict.drills).toHaveLength(1);
  });
});
