import { describe, expect, it } from "vitest";
import type { Expectation } from "../expectation.ts";
import { judge } from "../judges/index.ts";
import { labOf } from "../testing/lab.ts";
import { drill, healMs, injectMs, Simulation } from "../testing/simulate.ts";
import { asUsers, deadAmong, users } from "../testing/users.ts";
import { ingressWorkerLossMs, predictIngressWorkerLoss, type PredictionInput } from "./index.ts";

/** A cluster that notices within seconds, so that its loss fits into a simulation: out after 11.5 s. */
function quick(change: (input: PredictionInput) => void = () => undefined): PredictionInput {
  const input = structuredClone(labOf());
  input.settings.controllerManager.nodeMonitorGraceMs.value = 5000;
  input.settings.controllerManager.nodeMonitorPeriodMs.value = 1000;
  const applyMs = { value: 2000, source: "a test" };
  const terminationGraceMs = { value: 30_000, source: "a test" };
  const controller = { namespace: "ingress", name: "traefik", kind: "DaemonSet", labelSelector: "a=b" };
  input.topology.ingress = {
    machines: ["w1", "w2"],
    httpPort: 80,
    controller: { ...controller, pods: [], initContainers: 0, terminationGraceMs, applyMs },
  };
  change(input);
  return input;
}

const input = quick();
const { expectations, statements } = predictIngressWorkerLoss(input, { machine: "w2", users });

function find(id: string, among: Expectation[] = expectations): Expectation {
  const found = among.find((each) => each.id === id);
  if (found === undefined) throw new Error(`${id} is not among ${among.map((each) => each.id).join(", ")}`);
  return found;
}

describe("the pods of the worker", () => {
  it("come back with it when they tolerate the outage, and only then are any replaced", () => {
    expect(find("workload.returned").window.to).toBe("replacing");
    expect(find("endpoints.returned").judge).toMatchObject({ want: { is: 2 } });
  });

  it("are elsewhere when they do not", () => {
    const impatient = quick((each) => (each.workload.tolerationMs.value = 15_000));
    const ids = predictIngressWorkerLoss(impatient, { machine: "w2", users }).expectations.map(
      (each) => each.id,
    );
    expect(ids).not.toContain("workload.returned");
  });
});

describe("what users may lose with a worker", () => {
  it("is its pods' share of the requests until their endpoints are out, and a little chance", () => {
    expect(input.workload.podsByMachine.w2).toHaveLength(2);
    // Marked after 1 + 5 + 1 + 1 + 0.5 s, endpoints 1 s, applied 2 s.
    expect(find("requests.failed-later").window.delayMs).toBe(11_500);
    const mean = (50 * 11.5 * 2) / 13;
    expect(find("requests.failed").budget).toBe(
      Math.ceil(mean + 4.75 * Math.sqrt(50 * 11.5 * (2 / 13) * (11 / 13))),
    );
    expect(ingressWorkerLossMs(input, "w2")).toBe(31_500);
    const share = (100 * (find("requests.failed").budget ?? 0)) / (50 * 31.5);
    expect(find("requests.failed-share")).toMatchObject({ unit: "%" });
    expect(find("requests.failed-share").budget).toBeCloseTo(share, 9);
    expect(statements.join(" ")).toContain("2 of 13 pods are on w2");
  });

  it("grows with the grace period, with the pods that are lost and with a controller that is slow", () => {
    const budget = (change: (each: PredictionInput) => void) =>
      find("requests.failed", predictIngressWorkerLoss(quick(change), { machine: "w2", users }).expectations)
        .budget ?? 0;
    const usual = budget(() => undefined);
    const slower: ((each: PredictionInput) => void)[] = [
      (each) => (each.settings.controllerManager.nodeMonitorGraceMs.value *= 2),
      (each) => each.workload.podsByMachine.w2?.push("one more"),
      // Not known of this controller: the allowance is longer than what was read.
      (each) => delete each.topology.ingress?.controller,
    ];
    for (const change of slower) expect(budget(change)).toBeGreaterThan(usual);
  });

  it("is nothing when the worker has no pod of the workload", () => {
    const none = quick((each) => (each.workload.podsByMachine.w2 = []));
    const predicted = predictIngressWorkerLoss(none, { machine: "w2", users }).expectations;
    expect(find("requests.failed", predicted).budget).toBe(0);
  });

  it("promises nothing for the return of pods that have no readiness gate", () => {
    const careless = quick((each) => (each.workload.graceful = false));
    const ids = predictIngressWorkerLoss(careless, { machine: "w2", users }).expectations.map(
      (each) => each.id,
    );
    expect(ids).not.toContain("requests.return.failed");
    expect(ids).toContain("requests.failed-later");
  });
});

describe("the loss of a worker as users see it", () => {
  const ids = ["requests.failed", "requests.failed-share", "requests.longest-gap", "requests.failed-later"];

  function verdicts(down: [number, number][]) {
    const simulation = new Simulation().samples(users.probe, { down }, asUsers({ fails: "late" }));
    return ids.map((id) => judge(simulation.store, drill, find(id)).verdict);
  }
  const out = injectMs + 9000;

  it("is as predicted when the dead pods' share fails until they are out", () => {
    expect(verdicts(deadAmong(2, 13, injectMs, out))).toEqual(["pass", "pass", "pass", "pass"]);
    expect(verdicts([])).toEqual(["pass", "pass", "pass", "pass"]);
  });

  it("fails when dead endpoints stay", () => {
    expect(verdicts(deadAmong(2, 13, injectMs, healMs))).toEqual(["fail", "fail", "pass", "fail"]);
  });

  it("fails when others' pods fail too", () => {
    expect(verdicts(deadAmong(7, 13, injectMs, out))).toEqual(["fail", "fail", "pass", "pass"]);
  });

  it("fails when for a while nobody is served at all", () => {
    expect(verdicts([[injectMs + 1000, injectMs + 4000]])).toEqual(["fail", "fail", "fail", "pass"]);
  });

  it("fails on a single request that fails once all are out", () => {
    expect(verdicts([[injectMs + 15_000, injectMs + 15_020]]).at(-1)).toBe("fail");
  });

  it("says nothing without a load", () => {
    const { store } = new Simulation();
    for (const id of ids) expect(judge(store, drill, find(id)).verdict, id).toBe("inconclusive");
  });

  it("is told as what follows from endpoints that stay", () => {
    for (const id of ids) expect(find(id).link?.after, id).toBe("endpoints.marked");
  });
});

describe("the return of a worker", () => {
  function verdict(down: [number, number][], recovered = true) {
    const simulation = new Simulation().samples(users.probe, { down }, asUsers());
    if (recovered) simulation.mark("recovered", healMs + 15_000);
    return judge(simulation.store, drill, find("requests.return.failed")).verdict;
  }

  it("may cost nobody anything", () => {
    expect(verdict([])).toBe("pass");
    expect(verdict([[healMs + 3000, healMs + 3020]])).toBe("fail");
    expect(verdict([[healMs + 16_000, healMs + 17_000]]), "after it").toBe("pass");
    expect(verdict([], false), "it was never seen to the end").toBe("inconclusive");
  });
});
