import { describe, expect, it } from "vitest";
import type { StateEvent } from "../../timeline/events.ts";
import type { Expectation } from "../expectation.ts";
import { judge } from "../judges/index.ts";
import { labOf } from "../testing/lab.ts";
import { drill, endMs, healMs, injectMs, Simulation } from "../testing/simulate.ts";
import { asUsers, deadAmong, users } from "../testing/users.ts";
import { ingressControlPlaneLossMs, predictIngressControlPlaneLoss, type ExtraFacts } from "./index.ts";

const app = "edge";
const pods = (...machines: string[]): ExtraFacts[] => [
  {
    kind: "web-app",
    name: app,
    pods: machines.map((machine, index) => ({ name: `edge-${String(index)}`, machine })),
  },
];
const predict = (machines: string[], extras = pods("w1", "w1", "w2", "w2")) =>
  predictIngressControlPlaneLoss({ ...labOf(), extras }, { machines, app, entrance: "w1", users });
const losses = [["cp1"], ["cp1", "cp2"], ["cp1", "cp2", "cp3"]];

function find(id: string, among: Expectation[]): Expectation {
  const found = among.find((each) => each.id === id);
  if (found === undefined) throw new Error(`${id} is not among ${among.map((each) => each.id).join(", ")}`);
  return found;
}

describe("users while control planes are lost", () => {
  it.each(losses.map((each) => [each]))("are promised that they feel nothing without %j", (lost) => {
    const { expectations, statements } = predict(lost);
    expect(find("requests.failed", expectations)).toMatchObject({ budget: 0, headline: true });
    expect(find("requests.failed-share", expectations)).toMatchObject({ budget: 0, unit: "%" });
    // One request and the next user.
    expect(find("requests.longest-gap", expectations).budget).toBeCloseTo(1.02, 6);
    expect(find("requests.return.failed", expectations).budget).toBe(0);
    expect(statements.join(" ")).toContain("w1 (2) and w2 (2)");
    expect(statements.join(" ")).toContain("They feel nothing");
  });

  it("says before the fault that pods on lost machines will be felt, and promises the same", () => {
    const all = predict(["cp1", "cp2", "cp3"], pods("cp1", "cp2", "w1", "w2"));
    expect(all.statements.at(-1)).toMatch(/^2 of the 4 pods.*nothing takes them out: users will feel it/);
    expect(find("requests.failed", all.expectations).budget).toBe(0);
    const one = predict(["cp1"], pods("cp1", "cp2", "w1", "w2"));
    expect(one.statements.at(-1)).toMatch(/^1 of the 4 pods.*until their endpoints are out/);
  });

  it("demands what they depend on: their pods' containers, and that living nodes stay Ready", () => {
    const { expectations } = predict(["cp1", "cp2"]);
    expect(find("app.containers-run-on", expectations).judge).toMatchObject({
      select: {
        probe: "containers",
        subjects: ["w1/demo/edge-0/*", "w1/demo/edge-1/*", "w2/demo/edge-2/*", "w2/demo/edge-3/*"],
      },
    });
    expect(find("nodes.living-stay-ready", expectations).judge).toMatchObject({
      select: { subjects: ["node-cp3", "node-w1", "node-w2"] },
    });
  });

  it("lasts longer than anybody in the cluster waits before giving up", () => {
    // Grace period 50 s + monitor period 5 s; client-go's health check 30 s + 15 s.
    expect(ingressControlPlaneLossMs(labOf())).toBe(55_000);
    const input = structuredClone(labOf());
    input.settings.kubelet.http2ReadIdleMs.value = 120_000;
    expect(ingressControlPlaneLossMs(input)).toBe(135_000);
  });
});

describe("the loss of control planes as users see it", () => {
  const { expectations } = predict(["cp1", "cp2", "cp3"]);
  const ids = ["requests.failed", "requests.failed-share", "requests.longest-gap", "requests.return.failed"];

  function verdicts(down: [number, number][], latencyMs = 5) {
    const simulation = new Simulation().samples(users.probe, { down, latencyMs }, asUsers());
    simulation.mark("recovered", endMs - 1000);
    return ids.map((id) => judge(simulation.store, drill, find(id, expectations)).verdict);
  }

  it("is nothing: kept when all are served, however slowly", () => {
    expect(verdicts([])).toEqual(["pass", "pass", "pass", "pass"]);
    expect(verdicts([], 600)).toEqual(["pass", "pass", "pass", "pass"]);
  });

  it("is broken by one request that fails, during it or at the return", () => {
    expect(verdicts([[injectMs + 20_000, injectMs + 20_020]])).toEqual(["fail", "fail", "pass", "pass"]);
    expect(verdicts([[healMs + 5000, healMs + 5020]])).toEqual(["pass", "pass", "pass", "fail"]);
  });

  it("is broken by pods that died with their control planes, and by an entrance that is gone", () => {
    expect(verdicts(deadAmong(1, 4, injectMs, healMs))).toEqual(["fail", "fail", "pass", "pass"]);
    expect(verdicts([[injectMs + 100, healMs - 1000]])).toEqual(["fail", "fail", "fail", "pass"]);
  });

  it("says nothing without a load", () => {
    const { store } = new Simulation();
    for (const id of ids)
      expect(judge(store, drill, find(id, expectations)).verdict, id).toBe("inconclusive");
  });

  it.each([
    ["run on", [[0, "a"]], "pass"],
    [
      "are restarted",
      [
        [0, "a"],
        [injectMs + 5000, "b"],
      ],
      "fail",
    ],
    ["were never seen", [], "inconclusive"],
  ] as [string, [number, StateEvent["value"]][], string][])(
    "containers of the application that %s",
    (_, changes, expected) => {
      const simulation = new Simulation();
      simulation.mark("replacing", endMs - 1000);
      const machines = ["w1", "w1", "w2", "w2"];
      const subjects = machines.map((machine, index) => `${machine}/demo/edge-${String(index)}/web`);
      simulation.states(
        "containers",
        changes.length === 0 ? {} : Object.fromEntries(subjects.map((subject) => [subject, changes])),
      );
      expect(judge(simulation.store, drill, find("app.containers-run-on", expectations)).verdict).toBe(
        expected,
      );
    },
  );
});
