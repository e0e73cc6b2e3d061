import { describe, expect, it } from "vitest";
import type { IngressController } from "../../lab/facts.ts";
import type { Expectation } from "../expectation.ts";
import { judge } from "../judges/index.ts";
import { labOf } from "../testing/lab.ts";
import { drill, healMs, injectMs, Simulation } from "../testing/simulate.ts";
import { asUsers, users } from "../testing/users.ts";
import { ingressControllerLossMs, predictIngressControllerLoss, type PredictionInput } from "./index.ts";

function labWith(change: Partial<IngressController> = {}, machines = ["w1", "w2"]): PredictionInput {
  const lab = labOf();
  const controller: IngressController = {
    namespace: "ingress",
    name: "traefik",
    kind: "DaemonSet",
    labelSelector: "app=traefik",
    pods: machines.map((machine) => ({ name: `traefik-${machine}`, uid: machine, machine })),
    terminationGraceMs: { value: 5000, source: "a test" },
    initContainers: 1,
    applyMs: { value: 2000, source: "a test" },
    ...change,
  };
  return { ...lab, topology: { ...lab.topology, ingress: { machines, httpPort: 80, controller } } };
}

const plan = { entrance: "w1", users };
const { expectations, statements } = predictIngressControllerLoss(labWith(), plan);

function find(id: string, among: Expectation[] = expectations): Expectation {
  const found = among.find((each) => each.id === id);
  if (found === undefined) throw new Error(`${id} is not among ${among.map((each) => each.id).join(", ")}`);
  return found;
}

describe("how long an entrance may be shut", () => {
  it("is the end of the old pod, then init container and start, then the routes", () => {
    // Deletion 1 s, grace 5 s, controllers 1 s, init container and pod 5 s each; then routes 1 s, applied 2 s.
    expect(find("controller.replaced").budget).toBeCloseTo(1 + 5 + 1 + 5 + 5 + 0.5, 6);
    expect(find("entrance.back").budget).toBeCloseTo(17 + 1 + 2 + 1 + 0.1, 6);
    expect(find("requests.longest-gap").budget).toBeCloseTo(20.02, 6);
    expect(find("requests.failed").budget).toBe(1001);
    expect(ingressControllerLossMs(labWith())).toBe(40_000);
    expect(find("requests.failed-share").budget).toBeCloseTo((100 * 1001) / 2000, 6);
    expect(statements.join(" ")).toContain("through w2 feels nothing");
  });

  it("follows what the controller's own pod says of itself", () => {
    const gap = (change: Partial<IngressController>) =>
      find("requests.longest-gap", predictIngressControllerLoss(labWith(change), plan).expectations).budget ??
      0;
    expect(gap({ terminationGraceMs: { value: 35_000, source: "a test" } })).toBeCloseTo(50.02, 6);
    expect(gap({ initContainers: 0 })).toBeCloseTo(15.02, 6);
    expect(gap({ applyMs: { value: 10_000, source: "a test" } })).toBeCloseTo(28.02, 6);
  });

  it("asks nothing of other entrances where there are none, and says so", () => {
    const single = predictIngressControllerLoss(labWith({}, ["w1"]), plan);
    expect(single.expectations.map((each) => each.id)).not.toContain("others.failed");
    expect(single.statements.join(" ")).toContain("no other entrance than w1");
  });

  it("cannot be told of a controller that was not found", () => {
    expect(() => predictIngressControllerLoss(labOf(), plan)).toThrow(/No pod of an ingress controller/);
  });
});

describe("the loss of a controller", () => {
  const ids = [
    "controller.replaced",
    "entrance.back",
    "requests.failed",
    "requests.failed-share",
    "requests.longest-gap",
  ];

  /** Shut for so long after the deletion; the pod is Ready shortly before users are served. */
  function verdicts(shutMs: number) {
    const down: [number, number][] = shutMs === 0 ? [] : [[injectMs + 300, injectMs + 300 + shutMs]];
    const ready: [number, number][] =
      shutMs === 0
        ? []
        : [
            [injectMs + 200, 0],
            [injectMs + shutMs, 1],
          ];
    const simulation = new Simulation()
      .samples(users.probe, { down }, asUsers())
      .samples("http.ingress.w1", { down }, { tickMs: 200 })
      .states("ingress", { "on:w1": [[0, 1], ...ready.filter(([t]) => t < healMs)], "on:w2": [[0, 1]] });
    return ids.map((id) => judge(simulation.store, drill, find(id)).verdict);
  }

  it("is kept when users are served again in time", () => {
    expect(verdicts(4000)).toEqual(["pass", "pass", "pass", "pass", "pass"]);
  });

  it("is broken when they are served late, or never again", () => {
    expect(verdicts(25_000)).toEqual(["fail", "fail", "fail", "fail", "fail"]);
    expect(verdicts(50_000)).toEqual(["fail", "fail", "fail", "fail", "fail"]);
  });

  it("fails when the pod was not lost at all", () => {
    expect(verdicts(0)[0]).toBe("fail");
  });

  it("names the pod that did not come back as the cause of all the rest", () => {
    expect(find("entrance.back").link?.after).toBe("controller.replaced");
    for (const id of ids.slice(2)) expect(find(id).link?.after, id).toBe("entrance.back");
  });

  it.each([
    ["nothing", [], ["pass", "pass"]],
    ["a single failure", [[injectMs + 2000, injectMs + 2200]], ["fail", "pass"]],
    ["a gap", [[injectMs + 2000, injectMs + 6000]], ["fail", "fail"]],
  ] as [string, [number, number][], string[]][])("lets others feel %s", (_, down, expected) => {
    const simulation = new Simulation().samples("http.ingress.w2", { down }, { tickMs: 200 });
    const seen = ["others.failed", "others.longest-gap"].map(
      (id) => judge(simulation.store, drill, find(id)).verdict,
    );
    expect(seen).toEqual(expected);
  });
});
