import { expect, test } from "vitest";
import { planLayout } from "./layout.ts";
import { quorumOf, wakeInTurn } from "./power-on.ts";

function labWith(controlPlanes: number, etcdLayout: "stacked" | "external" = "stacked") {
  return planLayout({
    name: "test",
    kubernetes: "v1.35.0",
    controlPlanes,
    workers: 1,
    workerMemoryGiB: 6,
    etcdLayout,
    etcdRuntime: etcdLayout === "stacked" ? "pod" : "systemd",
    subnet: "10.201.0.0/16",
  });
}

test.each([
  [1, ["cp1"]],
  [3, ["cp1", "cp2"]],
  [5, ["cp1", "cp2", "cp3"]],
])("of %i control planes the first to get power are as many as etcd needs", (controlPlanes, names) => {
  expect(quorumOf(labWith(controlPlanes)).map((each) => each.name)).toEqual(names);
});

test("a member starts when the one before it serves, and nobody waits for the last", async () => {
  const seen: string[] = [];
  await wakeInTurn(
    quorumOf(labWith(5)),
    ({ name }) => Promise.resolve(void seen.push(`${name} wakes`)),
    ({ name }) => Promise.resolve(void seen.push(`${name} serves`)),
  );
  expect(seen).toEqual(["cp1 wakes", "cp1 serves", "cp2 wakes", "cp2 serves", "cp3 wakes"]);
});

test("with etcd on machines of its own, those are first", () => {
  expect(quorumOf(labWith(3, "external")).map((each) => each.name)).toEqual(["etcd1", "etcd2"]);
});
