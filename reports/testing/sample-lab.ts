// A made-up 3 + 2 lab for tests of reports.
import type { Settings, Topology } from "../../harness/lab/facts.ts";

export const machineNames = ["cp1", "cp2", "cp3", "w1", "w2"];

export function sampleTopology(): Topology {
  return {
    clusterUid: "0c8f4f6e-6f0e-4a39-a3cb-8a4f8d1b2c77",
    kubernetesVersion: "v1.35.0",
    etcdVersion: "3.6.6",
    machines: machineNames.map((name, index) => ({
      name,
      role: name.startsWith("cp") ? "control-plane" : "worker",
      address: `172.30.0.${String(11 + index)}`,
      node: name,
      kubeletVersion: "v1.35.0",
      containerRuntime: "containerd://1.6.36",
      os: "Debian GNU/Linux 12 (bookworm)",
    })),
    etcd: {
      layout: "stacked",
      runtime: "pod",
      members: ["cp1", "cp2", "cp3"].map((machine, index) => ({
        id: `8e9e05c52164694${String(index)}`,
        name: machine,
        machine,
        learner: false,
        dbSizeBytes: 5_312_512 + index * 4096,
      })),
      leader: "cp1",
    },
    vip: { address: "172.30.0.100", port: 8443, holder: "cp1" },
    leases: { controllerManager: "cp2", scheduler: "cp1" },
    ingress: { machines: ["w1", "w2"], httpPort: 80 },
    snapshotWays: [],
    velero: null,
  };
}

export function sampleSettings(): Settings {
  const from = <T>(value: T, source: string): { value: T; source: string } => ({ value, source });
  const manager = "cp1:/etc/kubernetes/manifests/kube-controller-manager.yaml";
  return {
    etcd: {
      heartbeatMs: from(100, "etcd default"),
      electionMs: from(1000, "etcd default"),
    },
    keepalived: {
      instances: ["cp1", "cp2", "cp3"].map((machine, index) => ({
        machine,
        virtualRouterId: 51,
        initialState: index === 0 ? "MASTER" : "BACKUP",
        priority: 120 - index * 10,
        advertMs: 1000,
        preempt: true,
        preemptDelayMs: 0,
        version: 2,
        check: { intervalMs: 2000, timeoutMs: 2000, fall: 2, rise: 2, weight: -30 },
      })),
      source: "/etc/keepalived/keepalived.conf",
    },
    haproxy: {
      interMs: 1000,
      fastInterMs: null,
      downInterMs: null,
      fall: 2,
      rise: 2,
      checkTimeoutMs: 1000,
      connectTimeoutMs: 1000,
      retries: 3,
      redispatch: true,
      source: "cp1:/etc/haproxy/haproxy.cfg",
    },
    controllerManager: {
      leaseDurationMs: from(15_000, "Kubernetes default"),
      renewDeadlineMs: from(10_000, "Kubernetes default"),
      retryPeriodMs: from(2000, "Kubernetes default"),
      nodeMonitorGraceMs: from(40_000, manager),
      nodeMonitorPeriodMs: from(5000, "Kubernetes default"),
      hpaSyncMs: from(15_000, "Kubernetes default"),
    },
    kubelet: {
      leaseDurationMs: from(40_000, "cp1:/var/lib/kubelet/config.yaml"),
      leaseRenewMs: from(10_000, "a quarter of the lease duration"),
      http2ReadIdleMs: from(30_000, "client-go default"),
      http2PingMs: from(15_000, "client-go default"),
    },
    apiServer: {
      requestTimeoutMs: from(60_000, "Kubernetes default"),
      defaultTolerationMs: from(20_000, "Deployment demo/web"),
    },
  };
}
