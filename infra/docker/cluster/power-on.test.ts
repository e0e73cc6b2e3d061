import { expect, test } from "vitest";
import { planLayout } from "./layout.ts";
import { quorumOf } from "./power-on.ts";

test.each([
  [1, ["cp1"]],
  [3, ["cp1", "cp2"]],
  [5, ["cp1", "cp2", "cp3"]],
])("of %i control planes the first to get power are as many as etcd needs", (controlPlanes, names) => {
  const layout = planLayout({
    name: "test",
    kubernetes: "v1.35.0",
    controlPlanes,
    workers: 1,
    workerMemoryGiB: 6,
    subnet: "10.201.0.0/16",
  });
  expect(quorumOf(layout).map((each) => each.name)).toEqual(names);
});
