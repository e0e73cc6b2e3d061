// A cluster of three control planes with etcd in pods, and a worker, for tests of procedures.
import type { EtcdPlace } from "../restore/places.ts";
import type { ClusterInput } from "../restore/procedure.ts";

export const places: EtcdPlace[] = ["1", "2", "3"].map((each) => ({
  machine: `cp${each}`,
  runtime: "pod",
  member: `cp${each}`,
  peerUrl: `https://10.0.0.${each}:2380`,
  dataDir: "/var/lib/etcd",
}));

export const clusterInput: ClusterInput = {
  id: "abc",
  places,
  lost: [],
  controlPlanes: places.map((each) => each.machine),
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
