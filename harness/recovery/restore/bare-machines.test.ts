import { expect, it } from "vitest";
import { knowsBump } from "./bare-input.ts";
import { bareMachinesPlan, type BareInput } from "./bare-machines.ts";
import type { EtcdPlace } from "./places.ts";

const places = ["1", "2", "3"].map((each): EtcdPlace => ({
  machine: `cp${each}`,
  runtime: "pod",
  member: `cp${each}`,
  peerUrl: `https://10.0.0.${each}:2380`,
  dataDir: "/var/lib/etcd",
}));
const input: BareInput = {
  id: "abc",
  snapshot: "/snapshots/etcd.db",
  archives: new Map(places.map(({ machine }) => [machine, `/snapshots/${machine}.tar.gz`])),
  places,
  lost: [],
  others: ["w1"],
  apiPort: 6443,
  etcd: {
    layout: "stacked",
    runtime: "pod",
    clientPort: 2379,
    ca: "/ca.crt",
    cert: "/client.crt",
    key: "/client.key",
  },
  canBump: true,
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
