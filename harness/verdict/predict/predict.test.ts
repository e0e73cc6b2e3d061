import { describe, expect, it } from "vitest";
import type { Expectation } from "../expectation.ts";
import { labOf, type LabOptions } from "../testing/lab.ts";
import { predictControlPlaneLoss, predictPodDeletion, type PredictionInput } from "./index.ts";
import { situationOf } from "./situation.ts";

const off = (...machines: string[]) => machines;
const predict = (lost: string[], options: LabOptions = {}) => predictControlPlaneLoss(labOf(options), lost);
const ids = (expectations: Expectation[]) => expectations.map((each) => each.id);
function find(expectations: Expectation[], id: string): Expectation {
  const found = expectations.find((each) => each.id === id);
  if (found === undefined) throw new Error(`${id} is not among ${ids(expectations).join(", ")}`);
  return found;
}
const budget = (lost: string[], id: string, options: LabOptions = {}) =>
  find(predict(lost, options).expectations, id).budget;

describe("what is lost follows from quorum arithmetic", () => {
  it.each([
    [1, ["cp1"], "gone"],
    [3, ["cp1"], "serves"],
    [3, ["cp1", "cp2"], "stopped"],
    [3, ["cp1", "cp2", "cp3"], "gone"],
    [5, ["cp1", "cp2"], "serves"],
    [5, ["cp1", "cp2", "cp3"], "stopped"],
    [5, ["cp1", "cp2", "cp3", "cp4", "cp5"], "gone"],
    [3, ["w1"], "serves"],
  ])("of %i control planes without %j: %s", (controlPlanes, lost, outcome) => {
    expect(situationOf(labOf({ controlPlanes }), lost).outcome).toBe(outcome);
  });

  it("does not count learners", () => {
    expect(situationOf(labOf({ learners: 1 }), off("cp1")).outcome).toBe("stopped");
    expect(situationOf(labOf({ controlPlanes: 5, learners: 2 }), off("cp1")).outcome).toBe("serves");
    expect(situationOf(labOf({ controlPlanes: 5, learners: 2 }), off("cp4", "cp5")).outcome).toBe("serves");
  });
});

describe("losing a minority", () => {
  it("predicts the successor by priority, and when it takes over", () => {
    const moved = find(predict(off("cp1")).expectations, "vip.moved");
    expect(moved.judge).toMatchObject({ select: { subjects: ["cp2"] } });
    // Injection 1 s, 3 adverts of 1 s, skew (256 − 253) / 256 s, the next look 0.5 s.
    expect(moved.budget).toBeCloseTo(1 + 3 + 3 / 256 + 0.5, 6);
    expect(moved.inputs.map((each) => each.name)).toContain("VRRP advert");
  });

  it("expects nothing to move when neither VIP nor leader is lost", () => {
    const { expectations } = predict(off("cp3"), { leases: "cp1" });
    expect(ids(expectations)).toEqual(expect.arrayContaining(["vip.stays", "etcd.leader.stays"]));
    expect(ids(expectations)).not.toContain("vip.moved");
  });

  it("adds an election only when the leader is lost", () => {
    expect(find(predict(off("cp2")).expectations, "etcd.leader.new").judge).toMatchObject({
      want: { oneOf: ["cp1", "cp3"] },
    });
    const without = budget(off("cp3"), "api.direct.unavailable") ?? 0;
    expect(budget(off("cp2"), "api.direct.unavailable")).toBeCloseTo(without + 2.1, 6);
  });

  it("waits for haproxy to drop the dead server before it calls the API back for good", () => {
    // Injection 1 s; inter 2 + 3 × min(connect, inter) 2 + 2 × fastinter 0.5 = 9 s; request 1 s; look 0.1 s.
    expect(budget(off("cp3"), "api.read.back")).toBeCloseTo(1 + 9 + 1 + 0.1, 6);
  });

  it("marks nodes within grace + monitor period, later when the controller-manager is lost too", () => {
    const marked = find(predict(off("cp1")).expectations, "nodes.marked");
    expect(marked.judge).toMatchObject({ earliestMs: 40_000, select: { subjects: ["node-cp1"] } });
    expect(marked.budget).toBeCloseTo(1 + 50 + 5 + 1 + 0.5, 6);
    expect(budget(off("cp3"), "nodes.marked")).toBeCloseTo(1 + 15 + 4.4 + 50 + 5 + 1 + 0.5, 6);
  });

  it("evicts after the toleration and not before", () => {
    const full = find(predict(off("cp1"), { tolerationMs: 15_000 }).expectations, "workload.full");
    expect(full.judge).toMatchObject({ earliestMs: 55_000, want: { is: 13 } });
    const long = budget(off("cp1"), "workload.full") ?? 0;
    expect(long - (full.budget ?? 0)).toBeCloseTo(285, 6);
  });

  it("expects no eviction when most nodes are silent, and none when no pod is hit", () => {
    const most = predict(off("cp1", "w1", "w2"), { workers: 2 });
    expect(ids(most.expectations)).not.toContain("workload.full");
    expect(most.statements.join(" ")).toContain("nothing is evicted");
    const input = labOf();
    const spared = {
      ...input,
      workload: {
        ...input.workload,
        podsByMachine: { w1: Array.from({ length: 13 }, (_, nth) => `web-${String(nth)}`) },
      },
    };
    expect(ids(predictControlPlaneLoss(spared, off("cp1")).expectations)).not.toContain("workload.marked");
  });
});

describe("losing the majority", () => {
  const { expectations, statements } = predict(off("cp1", "cp2"));

  it("demands that the API stops, in both verbs, on every way that is left", () => {
    expect(find(expectations, "api.write.stopped").judge).toEqual({
      kind: "stopped",
      probes: ["api.vip.write.fresh", "api.cp3.write.fresh"],
    });
    expect(ids(expectations)).toEqual(
      expect.arrayContaining(["api.read.stopped", "api.errors.bounded", "etcd.leader.none"]),
    );
    expect(statements[0]).toContain("1 of 3 voting etcd members live, 2 are needed");
  });

  it("demands that workloads live on and nothing is marked", () => {
    expect(ids(expectations)).toContain("workload.containers-run-on");
    expect(ids(expectations)).not.toContain("nodes.marked");
  });

  it("predicts the VIP on the survivor although its check fails", () => {
    expect(find(expectations, "vip.moved").judge).toMatchObject({ select: { subjects: ["cp3"] } });
  });

  it("counts leases and back-off before controllers work again", () => {
    const inputs = find(expectations, "controllers.roll-out").inputs.map((each) => each.name);
    expect(inputs).toEqual(expect.arrayContaining(["leader lease duration", "first crash-loop back-off"]));
  });
});

describe("losing everything", () => {
  const { expectations } = predict(off("cp1", "cp2", "cp3"));

  it("demands that the VIP is gone, the API too, and that it is the same cluster afterwards", () => {
    expect(ids(expectations)).toEqual(
      expect.arrayContaining([
        "vip.gone",
        "api.write.stopped",
        "same.cluster-uid",
        "same.etcd-members",
        "nodes.returned",
      ]),
    );
    expect(ids(expectations)).not.toContain("etcd.leader.none");
  });
});

describe("every prediction", () => {
  const shapes: [string[], LabOptions][] = [
    [["cp1"], {}],
    [["cp2"], {}],
    [["cp3"], { leases: "cp1" }],
    [["cp1", "cp2"], {}],
    [["cp1", "cp2", "cp3"], {}],
    [["cp1"], { controlPlanes: 1 }],
    [["cp2", "cp4"], { controlPlanes: 5, workers: 1 }],
    [["cp1", "cp2", "cp3"], { controlPlanes: 5 }],
    [["w1"], {}],
  ];
  const marks = ["outage.inject", "outage.injected", "outage.heal", "replacing", "end"];

  it.each(shapes)(
    "without %j: unique ids, known marks, reasons, links that lead somewhere",
    (lost, options) => {
      const { expectations, statements } = predict(lost, options);
      const names = ids(expectations);
      expect(new Set(names).size).toBe(names.length);
      expect(statements.length).toBeGreaterThan(1);
      for (const each of expectations) {
        expect(each.why, each.id).not.toBe("");
        expect(marks, each.id).toContain(each.window.from);
        if (each.window.to !== undefined) expect(marks, each.id).toContain(each.window.to);
        if (each.budget !== null) expect(Number.isFinite(each.budget), each.id).toBe(true);
        if (each.unit === "s" && each.budget !== null) expect(each.inputs.length, each.id).toBeGreaterThan(0);
        if (each.link !== undefined) expect(["fault", ...names], each.id).toContain(each.link.after);
        expect(
          each.inputs.every((input) => input.source !== ""),
          each.id,
        ).toBe(true);
      }
    },
  );

  it.each(shapes)(
    "without %j: asks nothing of a machine that is off, except that it comes back",
    (lost, options) => {
      for (const each of predict(lost, options).expectations) {
        if (each.window.to !== "outage.heal" || each.judge.kind === "stopped") continue;
        const probes = "probes" in each.judge ? each.judge.probes : [];
        for (const machine of lost)
          expect(
            probes.some((probe) => probe.includes(`.${machine}`)),
            each.id,
          ).toBe(false);
      }
    },
  );

  it("grows with each setting that it is made from, never shrinks", () => {
    const settingsOf = (change: (input: PredictionInput) => void) => {
      const input = structuredClone(labOf());
      change(input);
      return predictControlPlaneLoss(input, off("cp1")).expectations;
    };
    const base = settingsOf(() => undefined);
    const longer: ((input: PredictionInput) => void)[] = [
      (input) => (input.settings.etcd.electionMs.value *= 2),
      (input) => (input.settings.controllerManager.nodeMonitorGraceMs.value *= 2),
      (input) => (input.workload.tolerationMs.value *= 2),
      (input) => {
        for (const each of input.settings.keepalived?.instances ?? []) each.advertMs *= 2;
      },
      (input) => {
        if (input.settings.haproxy !== null) input.settings.haproxy.interMs *= 2;
      },
    ];
    for (const change of longer) {
      const changed = settingsOf(change);
      const pairs = base.map((each, index) => [each.budget ?? 0, changed[index]?.budget ?? 0] as const);
      expect(pairs.every(([before, after]) => after >= before)).toBe(true);
      expect(pairs.some(([before, after]) => after > before) || change === longer[0]).toBe(true);
    }
  });

  it("takes the slower of measured and expected pod starts", () => {
    const input = labOf();
    const slow = {
      ...input,
      workload: { ...input.workload, podStartMs: { value: 20_000, source: "measured" } },
    };
    const full = (of: PredictionInput) =>
      find(predictControlPlaneLoss(of, off("cp1")).expectations, "workload.full").budget ?? 0;
    expect(full(slow) - full(input)).toBeCloseTo(15, 6);
  });

  it("waits for the workload's own readiness probe where no start was measured", () => {
    const input = labOf();
    const probed = {
      ...input,
      workload: { ...input.workload, readinessMs: { value: 10_000, source: "pods of web" } },
    };
    const full = (of: PredictionInput) =>
      find(predictControlPlaneLoss(of, off("cp1")).expectations, "workload.full");
    expect((full(probed).budget ?? 0) - (full(input).budget ?? 0)).toBeCloseTo(10, 6);
    expect(
      full(probed)
        .inputs.map((each) => each.source)
        .join(),
    ).toContain("10 s until Ready: pods of web");
  });

  it("gives no budget where nothing is known of how the VIP moves", () => {
    const input = labOf();
    const { expectations } = predictControlPlaneLoss(
      { ...input, settings: { ...input.settings, keepalived: null } },
      off("cp1"),
    );
    expect(find(expectations, "vip.moved")).toMatchObject({ budget: null });
    expect(find(expectations, "vip.moved").why).toContain("No budget can be derived");
  });
});

describe("deleting pods", () => {
  const input = labOf();

  it("demands no failed request with grace, and only counts them without", () => {
    const deletion = { pods: ["web-1"], loads: ["load.http"], barePod: "bare" };
    const graceful = predictPodDeletion(input, deletion).expectations;
    expect(find(graceful, "requests.failed").budget).toBe(0);
    expect(ids(graceful)).toContain("bare-pod.stays-gone");
    const abrupt = predictPodDeletion(
      { ...input, workload: { ...input.workload, graceful: false } },
      deletion,
    );
    expect(find(abrupt.expectations, "requests.failed").budget).toBeNull();
  });
});
