import { expect, it } from "vitest";
import { clusterInput, places } from "../testing/cluster-input.ts";
import { knowsBump } from "./bare-input.ts";
import { bareMachinesPlan, type BareInput } from "./bare-machines.ts";

const input: BareInput = {
  ...clusterInput,
  snapshot: "/snapshots/etcd.db",
  archives: new Map(places.map(({ machine }) => [machine, `/snapshots/${machine}.tar.gz`])),
};

it("gives each machine its own configuration, and all of them the same data", () => {
  const sent = bareMachinesPlan(input)
    .stages.flatMap((each) => each.commands)
    .flatMap((each) => ("send" in each ? [`${each.machine} ${each.send}`] : []));
  expect(sent).toEqual([
    "cp1 /snapshots/cp1.tar.gz",
    "cp2 /snapshots/cp2.tar.gz",
    "cp3 /snapshots/cp3.tar.gz",
    "cp1 /snapshots/etcd.db",
    "cp2 /snapshots/etcd.db",
    "cp3 /snapshots/etcd.db",
  ]);
});

it("runs nothing before etcd is proven: manifests are unpacked aside", () => {
  const { stages } = bareMachinesPlan(input);
  const unpack = stages.find((each) => each.phase === "swap")?.commands[0];
  const text = unpack !== undefined && "run" in unpack ? unpack.run : "";
  expect(text).toContain("--exclude='etc/kubernetes/manifests'");
  expect(text).toContain(
    "-C /etc/kubernetes/kubedrill-restore-abc --strip-components=3 etc/kubernetes/manifests",
  );
  expect(text).not.toContain("--reference");
  const order = stages.map((each) => each.phase);
  expect(order.indexOf("serve")).toBeGreaterThan(order.lastIndexOf("start"));
});

it("goes back to machines without a control plane, and starts none", () => {
  const { wayBack } = bareMachinesPlan(input);
  expect(JSON.stringify(wayBack.back)).toContain(
    "rm -rf /var/lib/etcd/member /etc/kubernetes/kubedrill-restore-abc/*.yaml",
  );
  expect(wayBack.machines).toEqual(["cp1", "cp2", "cp3", "w1"]);
});

it.each([
  ["3.5.21", false],
  ["3.6.0", true],
  ["v3.6.6", true],
  ["4.0.0", true],
])("etcd %s knows of the bump: %s", (version, is) => {
  expect(knowsBump(version)).toBe(is);
});
