import { expect, it } from "vitest";
import { labOf } from "../testing/lab.ts";
import { predictRebuild, predictRestore } from "./index.ts";

const plan = {
  lost: ["cp1", "cp2"],
  loads: ["load.users"],
  canaries: ["ConfigMap a: before"],
  committed: "restored",
  rebuild: "rebuild",
  joined: "joined",
  again: ["again"],
};
const { expectations, facts, statements } = predictRebuild(labOf({}), plan);
const found = (id: string) => expectations.find((each) => each.id === id);

it("promises one member, then all of them, each promise once and with its reason", () => {
  expect(new Set(expectations.map((each) => each.id)).size).toBe(expectations.length);
  for (const each of expectations) {
    expect(each.why, each.id).not.toBe("");
    expect(each.budget, each.id).not.toBeNaN();
  }
  expect(facts?.["rebuild-member-lists"]).toEqual(["cp3 knows cp3"]);
  expect(facts?.["joined-member-lists"]?.[0]).toBe("cp1 knows cp1, cp2, cp3");
  expect(statements.join(" ")).toContain("until cp3 is rebuilt as a cluster of one");
});

it("lets every machine that joins take its time, one after the other", () => {
  const one = predictRebuild(labOf({}), { ...plan, lost: ["cp1"] });
  const alone = one.expectations.find((each) => each.id === "machines.joined")?.budget ?? NaN;
  expect(found("machines.joined")?.budget).toBeGreaterThan(1.5 * alone);
  expect(found("nodes.returned")?.window.from).toBe("outage.healed");
});

it("wants another restore in a row, of the whole cluster, after all have joined", () => {
  const usual = predictRestore(labOf({}), { ...plan, again: [] }).expectations;
  expect(found("again.outcome")?.judge).toMatchObject({ name: "again.outcome", want: { is: "restored" } });
  expect(found("again.write.returned")?.budget).toBe(
    usual.find((each) => each.id === "api.write.returned")?.budget,
  );
  expect(found("nodes.returned")?.window.to).toBe("joined.settled");
});
