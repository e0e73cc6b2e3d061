import { expect, test } from "vitest";
import type { Topology } from "../lab/facts.ts";
import { pickEntrance, pickIngressPods, pickMachines, quorumOf, targetWords } from "./targets.ts";

test("quorum is more than half of the voting members", () => {
  expect([1, 2, 3, 4, 5, 7].map(quorumOf)).toEqual([1, 2, 2, 3, 3, 4]);
});

test("words find machines on the layout as it is", () => {
  const three = layout({ holder: "cp2", leader: "cp3" });
  expect(pickMachines("vip-holder", three)).toEqual(["cp2"]);
  expect(pickMachines("etcd-leader", three)).toEqual(["cp3"]);
  expect(pickMachines("neither", three)).toEqual(["cp1"]);
  expect(pickMachines("minority", three)).toEqual(["cp2"]);
  expect(pickMachines("majority", three)).toEqual(["cp2", "cp3"]);
  expect(pickMachines("all-control-planes", three)).toEqual(["cp1", "cp2", "cp3"]);
  expect(pickMachines("w1", three)).toEqual(["w1"]);
});

test("the worst machines come first and none twice when one is holder and leader", () => {
  const both = layout({ holder: "cp3", leader: "cp3" });
  expect(pickMachines("majority", both)).toEqual(["cp3", "cp1"]);
  expect(pickMachines("neither", both)).toEqual(["cp1"]);
});

test("five control planes, and numbers in names in their order", () => {
  const names = ["cp10", "cp1", "cp2", "cp3", "cp4"];
  const five = layout({ controlPlanes: names, holder: "cp10", leader: "cp2" });
  expect(pickMachines("minority", five)).toEqual(["cp10", "cp2"]);
  expect(pickMachines("majority", five)).toEqual(["cp10", "cp2", "cp1"]);
  expect(pickMachines("all-control-planes", five)).toEqual(["cp1", "cp2", "cp3", "cp4", "cp10"]);
});

test("a worker that carries pods, and if possible none through which users come in", () => {
  const lab = layout({ workers: ["w10", "w2", "w1"], ingress: ["w1", "w2", "w10"] });
  expect(pickMachines("worker", lab)).toEqual(["w2"]);
  expect(pickMachines("worker", lab, { w1: ["web-1"], w10: ["web-2"] })).toEqual(["w10"]);
  expect(pickMachines("worker", lab, { w1: ["web-1"], w2: [] })).toEqual(["w1"]);
  expect(() => pickMachines("worker", lab, { cp1: ["web-1"] })).toThrow(/no worker carries pods/);
  expect(() => pickMachines("worker", layout({ workers: [] }))).toThrow(/no worker carries pods/);
});

test("learners do not vote: three machines of which one learns tolerate no loss", () => {
  const learning = layout({ holder: "cp1", leader: "cp1", learners: ["cp3"] });
  expect(() => pickMachines("minority", learning)).toThrow(/already costs the quorum/);
  expect(pickMachines("majority", learning)).toEqual(["cp1"]);
});

test("with external etcd the leader is not a control plane, and control planes are counted", () => {
  const external = layout({ holder: "cp1", leader: "etcd1", external: true });
  expect(pickMachines("etcd-leader", external)).toEqual(["etcd1"]);
  expect(pickMachines("majority", external)).toEqual(["cp1", "cp2"]);
});

test("users come in through the first machine of the ingress that stays on", () => {
  const lab = layout({ workers: ["w1", "w2"], ingress: ["w1", "w2"] });
  expect(pickEntrance(lab)).toBe("w1");
  expect(pickEntrance(lab, ["w1", "cp1"])).toBe("w2");
  expect(() => pickEntrance(lab, ["w1", "w2"])).toThrow(/no way in.*only on w1, w2, and w1, w2 would be off/);
  expect(() => pickEntrance(layout({}))).toThrow(/listens nowhere/);
});

test("the ingress controller's pods are those on the first machine that has any", () => {
  const lab = layout({ workers: ["w1", "w2"], ingress: ["w1", "w2"] });
  expect(() => pickIngressPods(lab)).toThrow(/no machine of the ingress has a pod of its controller/);
  expect(() => pickIngressPods(layout({}))).toThrow(/nobody to hit/);
  const controller = {
    namespace: "ingress",
    name: "traefik",
    kind: "DaemonSet",
    labelSelector: "app=traefik",
    pods: [{ name: "traefik-2", uid: "2", machine: "w2" }],
    terminationGraceMs: { value: 30_000, source: "a test" },
    initContainers: 1,
  };
  const found = { ...lab, ingress: { machines: ["w1", "w2"], httpPort: 80, controller } };
  expect(pickIngressPods(found)).toEqual({
    machine: "w2",
    namespace: "ingress",
    pods: [{ name: "traefik-2", uid: "2" }],
  });
});

test("who cannot be told is said, and so are wrong words", () => {
  expect(() => pickMachines("vip-holder", layout({ holder: null }))).toThrow(/no machine holds the VIP/);
  expect(() => pickMachines("etcd-leader", layout({ leader: null }))).toThrow(/etcd has no leader/);
  const one = layout({ controlPlanes: ["cp1"], holder: "cp1", leader: "cp1" });
  expect(() => pickMachines("neither", one)).toThrow(/every control plane holds the VIP or leads etcd/);
  expect(() => pickMachines("minority", one)).toThrow(/already costs the quorum/);
  expect(pickMachines("majority", one)).toEqual(["cp1"]);
  expect(() => pickMachines("cp9", one)).toThrow(/neither a machine of the lab nor a target/);
  expect(targetWords).toContain("neither");
});

interface Layout {
  controlPlanes?: string[];
  holder?: string | null;
  leader?: string | null;
  learners?: string[];
  external?: boolean;
  workers?: string[];
  ingress?: string[];
}

function layout(options: Layout): Topology {
  const { controlPlanes = ["cp1", "cp2", "cp3"], holder = "cp1", leader = "cp1", learners = [] } = options;
  const { workers = ["w1"], ingress } = options;
  const external = options.external === true;
  const machine = (name: string, role: "control-plane" | "worker") => ({
    name,
    role,
    address: "10.0.0.1",
    node: name,
    kubeletVersion: "",
    containerRuntime: "",
    os: "",
  });
  return {
    clusterUid: "",
    kubernetesVersion: "",
    etcdVersion: "",
    machines: [
      ...controlPlanes.map((name) => machine(name, "control-plane")),
      ...workers.map((name) => machine(name, "worker")),
    ],
    etcd: {
      runtime: "pod",
      layout: external ? "external" : "stacked",
      members: (external ? ["etcd1", "etcd2", "etcd3"] : controlPlanes).map((name) => ({
        id: name,
        name,
        machine: name,
        learner: learners.includes(name),
        dbSizeBytes: 0,
      })),
      leader,
    },
    vip: { address: "10.0.0.100", port: 8443, holder },
    leases: { controllerManager: null, scheduler: null },
    ingress: ingress === undefined ? null : { machines: ingress, httpPort: 80 },
    snapshotWays: [],
    velero: null,
  };
}
