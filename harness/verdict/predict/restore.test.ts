import { expect, it } from "vitest";
import { labOf } from "../testing/lab.ts";
import { predictDrift, predictRestore } from "./index.ts";

const plan = {
  loads: ["load.users"],
  canaries: ["ConfigMap a: before"],
  committed: "restored",
  again: ["again"],
};

it("promises what a restore must bring, each promise once and with its reason", () => {
  const { expectations, facts, statements } = predictRestore(labOf({}), plan);
  expect(new Set(expectations.map((each) => each.id)).size).toBe(expectations.length);
  for (const each of expectations) {
    expect(each.why, each.id).not.toBe("");
    expect(each.budget, each.id).not.toBeNaN();
  }
  expect(facts?.["member-lists"]?.[0]).toBe("cp1 knows cp1, cp2, cp3");
  expect(statements.join(" ")).toContain("one cluster");
});

it("allows for the way back of the API: stop, swap, start, the balancer and the VIP", () => {
  const { expectations } = predictRestore(labOf({}), plan);
  const budget = (id: string) => expectations.find((each) => each.id === id)?.budget;
  const steps = ["restore.stopped", "restore.swapped", "restore.started", "restore.serves"].map(
    (id) => budget(id) ?? NaN,
  );
  expect(budget("api.write.returned")).toBeGreaterThan(steps.reduce((sum, each) => sum + each, 0));
  expect(budget("writes.lost-before")).toBe(0);
  expect(budget("rpo.writes")).toBeNull();
});

it("says which of what happened after the snapshot is undone, and which cannot be", () => {
  const names = { ended: "a", knownToken: "b", unknownToken: "c", volume: "d", folder: "e" };
  const { expectations } = predictDrift(labOf({}), { committed: "restored", ...names });
  const want = (id: string) => expectations.find((each) => each.id === id)?.judge;
  expect(want("token.of-known-account")).toMatchObject({ name: "b", want: { is: "accepted" } });
  expect(want("token.of-unknown-account")).toMatchObject({ name: "c", want: { is: "refused" } });
  expect(want("volume.folder-left")).toMatchObject({ name: "e", want: { is: "left" } });
  expect(new Set(expectations.map((each) => each.id)).size).toBe(expectations.length);
});
