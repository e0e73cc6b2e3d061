import { expect, test } from "vitest";
import { parsePlan, planNames, planOf, readPlan } from "./plan-file.ts";

test("every built-in plan is valid and called as its file", async () => {
  const names = await planNames();
  expect(names).toContain("first");
  for (const name of names) expect((await readPlan(name)).name).toBe(name);
});

test("an unknown plan names those that there are", async () => {
  await expect(readPlan("nope")).rejects.toThrow(/There is no plan nope; plans: .*first/);
});

test("a wrong plan names the place", () => {
  const raw = { version: 1, name: "x", title: "X", drills: ["a"], workload: { replicas: 0 } };
  expect(() => parsePlan(raw, "x.yaml")).toThrow("Plan x.yaml is wrong at workload.replicas");
});

test("drills named on the command line keep their order", () => {
  expect(planOf(["b", "a"]).drills).toEqual(["b", "a"]);
});
