import { describe, expect, it } from "vitest";
import type { StateEvent } from "../../timeline/events.ts";
import type { Expectation } from "../expectation.ts";
import { judge } from "../judges/index.ts";
import { labOf } from "../testing/lab.ts";
import { drill, injectMs, Simulation } from "../testing/simulate.ts";
import { asUsers, deadAmong, users } from "../testing/users.ts";
import { predictIngressPodDelete, predictIngressRollout } from "./index.ts";

const app = "edge";
const old = ["edge-a", "edge-b"];
const input = {
  ...labOf(),
  extras: [{ kind: "web-app" as const, name: app, pods: old.map((name) => ({ name, machine: "w1" })) }],
};
const graceful = predictIngressRollout(input, { app, graceful: true, users });
const abrupt = predictIngressRollout(input, { app, graceful: false, users });
const felt = ["requests.failed", "requests.failed-share", "requests.longest-gap"];

function find(id: string, among: Expectation[] = graceful.expectations): Expectation {
  const found = among.find((each) => each.id === id);
  if (found === undefined) throw new Error(`${id} is not among ${among.map((each) => each.id).join(", ")}`);
  return found;
}

function feltBy(down: [number, number][], among: Expectation[]) {
  const simulation = new Simulation().samples(users.probe, { down }, asUsers());
  return felt.map((id) => judge(simulation.store, drill, find(id, among)));
}
const verdictsOf = (judgements: ReturnType<typeof feltBy>) => judgements.map((each) => each.verdict);

describe("a rollout", () => {
  it("replaces one pod after the other", () => {
    // The restart 1 s, for each of two pods controllers 1 s and start 5 s; the last old one goes, the next look.
    expect(find("rollout.full").budget).toBeCloseTo(1 + 2 * (1 + 5) + 1 + 0.5, 6);
    expect(find("rollout.complete").budget).toBeCloseTo(13 + 1 + 15 + 3, 6);
  });

  it("costs nothing with readiness probe and preStop, and without them a figure", () => {
    expect(felt.map((id) => find(id).budget)).toEqual([0, 0, expect.closeTo(1.02, 6)]);
    expect(felt.map((id) => find(id, abrupt.expectations).budget)).toEqual([null, null, null]);
    expect(abrupt.expectations.map((each) => each.id)).not.toContain("rollout.never-fewer");
    expect(abrupt.statements.join(" ")).toContain("how many is a figure");
  });

  function verdicts(ready: [number, number][], gone: [number, StateEvent["value"]][]) {
    const simulation = new Simulation().states("extras", {
      "ready:edge": [[0, 2], ...ready],
      ...Object.fromEntries(
        old.map((pod): [string, [number, StateEvent["value"]][]] => [
          `pod:${pod}`,
          [[0, "ready@w1"], ...gone],
        ]),
      ),
    });
    const ids = ["rollout.full", "rollout.complete", "rollout.never-fewer"];
    return ids.map((id) => judge(simulation.store, drill, find(id)).verdict);
  }
  const after = (ms: number) => injectMs + ms;

  it("is kept when new pods come before old ones go, and all old ones are gone in time", () => {
    const ready: [number, number][] = [
      [after(3000), 3],
      [after(3200), 2],
      [after(6000), 3],
      [after(6200), 2],
    ];
    const gone: [number, StateEvent["value"]][] = [
      [after(6200), "terminating@w1"],
      [after(12_000), null],
    ];
    expect(verdicts(ready, gone)).toEqual(["pass", "pass", "pass"]);
  });

  it("is broken when it gets stuck, runs with fewer pods, or never was", () => {
    expect(verdicts([[after(3000), 3]], [])).toEqual(["fail", "inconclusive", "pass"]);
    expect(
      verdicts(
        [
          [after(1000), 1],
          [after(4000), 2],
        ],
        [[after(9000), null]],
      ),
    ).toEqual(["pass", "pass", "fail"]);
    expect(verdicts([], [])[0]).toBe("fail");
  });

  it("is felt by nobody, or fails", () => {
    expect(verdictsOf(feltBy([], graceful.expectations))).toEqual(["pass", "pass", "pass"]);
    const one: [number, number][] = [[after(4000), after(4020)]];
    expect(verdictsOf(feltBy(one, graceful.expectations))).toEqual(["fail", "fail", "pass"]);
    expect(verdictsOf(feltBy([[after(4000), after(7000)]], graceful.expectations))).toEqual([
      "fail",
      "fail",
      "fail",
    ]);
  });

  it("without probes is counted, whatever it cost", () => {
    const [failed, share, gap] = feltBy(deadAmong(1, 4, after(4000), after(6000)), abrupt.expectations);
    expect(failed).toMatchObject({ verdict: "pass", measured: 25 });
    expect(share?.measured).toBeCloseTo((100 * 25) / 1500, 6);
    expect(gap).toMatchObject({ verdict: "pass" });
    expect(gap?.measured).toBeGreaterThan(0);
    const { store } = new Simulation();
    expect(judge(store, drill, find("requests.failed", abrupt.expectations)).verdict).toBe("inconclusive");
  });
});

describe("pods that are deleted behind the ingress", () => {
  const pods = ["web-1", "web-2", "web-3"];
  const kept = predictIngressPodDelete(labOf(), { pods, users }).expectations;

  it("are replaced, and cost users nothing", () => {
    expect(find("pod.replaced", kept).budget).toBeCloseTo(1 + 1 + 5 + 0.5, 6);
    expect(felt.map((id) => find(id, kept).budget)).toEqual([0, 0, expect.closeTo(1.02, 6)]);
    expect(verdictsOf(feltBy([], kept))).toEqual(["pass", "pass", "pass"]);
    expect(verdictsOf(feltBy(deadAmong(3, 13, injectMs, injectMs + 2000), kept))).toEqual([
      "fail",
      "fail",
      "pass",
    ]);
  });

  it("cost a figure when the workload is not graceful", () => {
    const lab = labOf();
    const careless = { ...lab, workload: { ...lab.workload, graceful: false } };
    const counted = predictIngressPodDelete(careless, { pods, users }).expectations;
    expect(felt.map((id) => find(id, counted).budget)).toEqual([null, null, null]);
  });
});
