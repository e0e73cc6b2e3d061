// A lab for tests of predictions: n control planes and workers with the settings of an ordinary kubeadm cluster.
import type { Settings, Sourced, Topology } from "../../lab/facts.ts";
import type { PredictionInput } from "../predict/index.ts";

export interface LabOptions {
  controlPlanes?: number;
  workers?: number;
  learners?: number;
  vipHolder?: string | null;
  etcdLeader?: string;
  leases?: string;
  tolerationMs?: number;
  replicas?: number;
}

/** Machines cp1…, w1…; the VIP on cp1, etcd's leader on cp2, leases on cp3 (or the last there is). */
export function labOf(options: LabOptions = {}): PredictionInput {
  const { controlPlanes = 3, workers = 2, learners = 0, replicas = 13 } = options;
  const names = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1)}`);
  const all = [...names("cp", controlPlanes), ...names("w", workers)];
  return {
    topology: topologyOf(all, controlPlanes, learners, options),
    settings: settingsOf(names("cp", controlPlanes)),
    workload: {
      namespace: "demo",
      replicas,
      podsByMachine: Object.fromEntries(
        all.map((name, index) => [
          name,
          Array.from(
            { length: Math.floor(replicas / all.length) + (index < replicas % all.length ? 1 : 0) },
            (_, nth) => `web-${name}-${String(nth)}`,
          ),
        ]),
      ),
      tolerationMs: sourced(options.tolerationMs ?? 300_000),
      podStartMs: null,
      readinessMs: null,
      graceful: true,
      terminationGraceMs: sourced(15_000),
      ingress: true,
    },
    tickMs: 100,
  };
}

function topologyOf(all: string[], controlPlanes: number, learners: number, options: LabOptions): Topology {
  const planes = all.slice(0, controlPlanes);
  const leader = options.etcdLeader ?? planes[Math.min(1, controlPlanes - 1)] ?? null;
  const leases = options.leases ?? planes.at(-1) ?? null;
  return {
    clusterUid: "uid",
    kubernetesVersion: "v1.35.0",
    etcdVersion: "3.6.6",
    machines: all.map((name) => ({
      name,
      role: planes.includes(name) ? "control-plane" : "worker",
      address: "10.0.0.1",
      node: `node-${name}`,
      kubeletVersion: "v1.35.0",
      containerRuntime: "containerd",
      os: "Linux",
    })),
    etcd: {
      layout: "stacked",
      runtime: "pod",
      members: planes.map((machine, index) => ({
        id: String(index),
        name: machine,
        machine,
        learner: index >= controlPlanes - learners,
        dbSizeBytes: 0,
      })),
      leader,
    },
    vip: {
      address: "10.0.0.10",
      port: 8443,
      holder: options.vipHolder === undefined ? (planes[0] ?? null) : options.vipHolder,
    },
    leases: { controllerManager: leases, scheduler: leases },
    ingress: { machines: all.slice(controlPlanes), httpPort: 80 },
    snapshotWays: [],
    velero: null,
  };
}

function settingsOf(planes: string[]): Settings {
  return {
    etcd: { heartbeatMs: sourced(100), electionMs: sourced(1000) },
    keepalived: {
      instances: planes.map((machine, index) => ({
        machine,
        virtualRouterId: 51,
        initialState: index === 0 ? "MASTER" : "BACKUP",
        priority: 254 - index,
        advertMs: 1000,
        preempt: true,
        preemptDelayMs: 0,
        version: 2,
        check: { intervalMs: 3000, timeoutMs: 5000, fall: 2, rise: 2, weight: -20 },
      })),
      source: "keepalived.conf",
    },
    haproxy: {
      interMs: 2000,
      fastInterMs: 500,
      downInterMs: 1000,
      fall: 3,
      rise: 2,
      checkTimeoutMs: 2000,
      connectTimeoutMs: 2000,
      retries: 2,
      redispatch: true,
      source: "haproxy.cfg",
    },
    controllerManager: {
      leaseDurationMs: sourced(15_000),
      renewDeadlineMs: sourced(10_000),
      retryPeriodMs: sourced(2000),
      nodeMonitorGraceMs: sourced(50_000),
      nodeMonitorPeriodMs: sourced(5000),
      hpaSyncMs: sourced(15_000),
    },
    kubelet: {
      leaseDurationMs: sourced(40_000),
      leaseRenewMs: sourced(10_000),
      http2ReadIdleMs: sourced(30_000),
      http2PingMs: sourced(15_000),
    },
    apiServer: { requestTimeoutMs: sourced(60_000), defaultTolerationMs: sourced(300_000) },
  };
}

function sourced(value: number): Sourced<number> {
  return { value, source: "a test" };
}
