import { expect, it } from "vitest";
import { labOf } from "../testing/lab.ts";
import { predictNewCluster } from "./index.ts";

it("promises every object and workloads that are Ready, each with its reason", () => {
  const plan = { dumped: "a", made: "b", odd: "c", ready: "d", planted: ["ConfigMap x"] };
  const { expectations, facts } = predictNewCluster(labOf({}), plan);
  expect(expectations.map((each) => each.id)).toEqual(["objects.all", "objects.odd", "workloads.ready"]);
  for (const each of expectations) expect(each.why, each.id).not.toBe("");
  expect(facts).toEqual({ odd: [] });
  expect(expectations[2]?.budget).toBeGreaterThan(5);
});
