import { expect, it } from "vitest";
import { labOf } from "../testing/lab.ts";
import { predictDisaster, predictRestore } from "./index.ts";

const plan = {
  loads: ["load.users"],
  canaries: ["ConfigMap a: before"],
  committed: "restored",
  again: ["again"],
};
const lab = labOf({});
const { expectations, facts, statements } = predictDisaster(lab, {
  ...plan,
  lost: ["cp1", "cp2", "cp3"],
  rebuild: "rebuild",
});
const found = (id: string) => expectations.find((each) => each.id === id);

it("promises one cluster of all the new machines, each promise once and with its reason", () => {
  expect(new Set(expectations.map((each) => each.id)).size).toBe(expectations.length);
  for (const each of expectations) {
    expect(each.why, each.id).not.toBe("");
    expect(each.budget, each.id).not.toBeNaN();
  }
  expect(facts?.["rebuild-member-lists"]).toEqual([
    "cp1 knows cp1, cp2, cp3",
    "cp2 knows cp1, cp2, cp3",
    "cp3 knows cp1, cp2, cp3",
  ]);
  expect(statements.join(" ")).toContain("no data but the snapshot's");
});

it("counts the time from when the machines are there, with what has to be brought to them", () => {
  const usual = predictRestore(lab, plan).expectations.find((each) => each.id === "api.write.returned");
  const served = found("api.write.returned");
  expect(served?.window.from).toBe("outage.confirmed");
  expect(served?.budget).toBeGreaterThan(usual?.budget ?? NaN);
});
