// The ingress drills as a whole: each can be planned on an ordinary lab, is refused where there is no ingress, and asks
// for nothing that its run does not bring.
import { describe, expect, test } from "vitest";
import type { Topology } from "../../harness/lab/facts.ts";
import { faultKind } from "../../harness/faults/index.ts";
import { loadDrills } from "../../harness/run/load-drills.ts";
import { readPlan } from "../../harness/run/plan-file.ts";
import { unmetNeed, type DrillSpec, type PlanInput } from "../../harness/scenario.ts";
import { labOf } from "../../harness/verdict/testing/lab.ts";

const known = await loadDrills();
const { drills } = await readPlan("ingress");

function spec(id: string): DrillSpec {
  const found = known.get(id);
  if (found === undefined) throw new Error(`there is no drill ${id}`);
  return found;
}

function inputOf(ingress: Topology["ingress"]): PlanInput {
  const lab = labOf();
  const edge = ["w1", "w1", "w2", "w2"].map((machine, index) => ({
    name: `edge-${String(index)}`,
    uid: `uid of edge-${String(index)}`,
    machine,
  }));
  return {
    ...lab,
    topology: { ...lab.topology, ingress },
    pods: [],
    extras: [{ kind: "web-app", name: "edge", pods: edge, memoryBytes: null }],
    room: [],
    memory: null,
    scaled: null,
    cost: null,
    full: false,
    failOnSaturation: false,
    maxRateHz: null,
    snapshotWay: null,
    allowances: {},
  };
}

const controller: NonNullable<NonNullable<Topology["ingress"]>["controller"]> = {
  namespace: "ingress",
  name: "traefik",
  kind: "DaemonSet",
  labelSelector: "app=traefik",
  pods: ["w1", "w2"].map((machine) => ({ name: `traefik-${machine}`, uid: machine, machine })),
  terminationGraceMs: { value: 30_000, source: "a test" },
  initContainers: 1,
};
const ingress = { machines: ["w1", "w2"], httpPort: 80 };

test("every drill of the group is in a plan", async () => {
  const { drills: scaled } = await readPlan("autoscaling");
  const planned = [...drills, ...scaled].filter((id) => id.startsWith("ingress/"));
  expect([...known.keys()].filter((id) => id.startsWith("ingress/")).sort()).toEqual(planned.sort());
});

describe.each(drills)("%s", (id) => {
  const input = inputOf({ ...ingress, controller });

  test("has unique ids, reasons, figures of the users, and links that lead somewhere", () => {
    expect(unmetNeed(spec(id).needs, input.topology)).toBeNull();
    const { faults, prediction } = spec(id).plan(input);
    const ids = prediction.expectations.map((each) => each.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(
      expect.arrayContaining(["requests.failed", "requests.failed-share", "requests.longest-gap"]),
    );
    const marks = ["outage.inject", "outage.injected", "outage.heal", "replacing", "recovered", "end"];
    for (const each of prediction.expectations) {
      expect(each.why, each.id).not.toBe("");
      expect(marks, each.id).toContain(each.window.from);
      if (each.window.to !== undefined) expect(marks, each.id).toContain(each.window.to);
      if (each.link !== undefined) expect(["fault", ...ids], each.id).toContain(each.link.after);
      if (each.budget !== null) expect(Number.isFinite(each.budget), each.id).toBe(true);
    }
    expect(prediction.statements.length).toBeGreaterThan(1);
    for (const fault of Object.values(faults))
      expect(faultKind(fault.kind).args.safeParse(fault.args).success).toBe(true);
  });

  test("says what it lacks on a lab without an ingress", () => {
    const unmet = unmetNeed(spec(id).needs, inputOf(null).topology);
    expect(unmet).toBe("needs an ingress controller, the lab file names none");
  });
});

test("the loss of the controller needs pods of a DaemonSet that hold the port", () => {
  const { needs } = spec("ingress/controller-loss");
  expect(unmetNeed(needs, inputOf(ingress).topology)).toMatch(/no pod of one holds port 80 on w1, w2/);
  const deployment = { ...controller, kind: "ReplicaSet", name: "traefik-5c" };
  expect(unmetNeed(needs, inputOf({ ...ingress, controller: deployment }).topology)).toMatch(
    /a DaemonSet, ingress\/traefik-5c is a ReplicaSet/,
  );
  expect(unmetNeed(spec("ingress/during-pod-delete").needs, inputOf(ingress).topology)).toBeNull();
});

test("users come in through a machine that stays on, or the drill is not run", () => {
  const onPlanes = inputOf({ machines: ["cp1", "cp2"], httpPort: 80 });
  const one = spec("ingress/during-control-plane-loss-one").plan(onPlanes);
  expect(one.prediction.statements.join(" ")).toContain("come in through cp2");
  expect(() => spec("ingress/during-control-plane-loss-all").plan(onPlanes)).toThrow(/no way in/);
  const onlyVictim = inputOf({ machines: ["w2"], httpPort: 80 });
  onlyVictim.workload.podsByMachine = { w2: ["web-1"] };
  expect(() => spec("ingress/during-worker-loss").plan(onlyVictim)).toThrow(/no way in.*only on w2/);
});
