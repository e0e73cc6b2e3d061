// What is known of a cluster besides the lab file: read by discovery before a run, kept in the timeline, and the only
// input of predictions. Durations in milliseconds. Every setting says where it was read.

/** A value and where it comes from, e.g. "cp1:/etc/keepalived/keepalived.conf" or "Kubernetes default". */
export interface Sourced<T> {
  value: T;
  source: string;
}

export interface Topology {
  clusterUid: string;
  kubernetesVersion: string;
  etcdVersion: string;
  machines: {
    name: string;
    role: "control-plane" | "worker";
    address: string;
    node: string;
    kubeletVersion: string;
    containerRuntime: string;
    os: string;
  }[];
  etcd: {
    layout: "stacked" | "external";
    /** Who runs a member: a kubelet, or the machine's service manager. */
    runtime: "pod" | "systemd";
    members: { id: string; name: string; machine: string; learner: boolean; dbSizeBytes: number }[];
    leader: string | null;
  };
  vip: { address: string; port: number; holder: string | null } | null;
  /** Machines whose controller-manager and scheduler hold the leader leases. */
  leases: { controllerManager: string | null; scheduler: string | null };
  /** Names of machines on which the ingress controller listens, on which port, and which pods do. */
  ingress: { machines: string[]; httpPort: number; controller?: IngressController } | null;
  /** Ways to snapshot a volume, the default one first; none where there is no snapshot controller. */
  snapshotWays: SnapshotWay[];
  /** Whether machines can be made anew, with nothing on their disks; absent in timelines of before that was known. */
  renewable?: boolean;
  /** Null: Velero is not installed, or cannot reach its store. */
  velero: VeleroPlace | null;
}

/** Where Velero is, and where it puts backups. */
export interface VeleroPlace {
  namespace: string;
  /** Of its BackupStorageLocation. */
  location: string;
}

/** A VolumeSnapshotClass and a StorageClass of the same driver, neither of which keeps what it made. */
export interface SnapshotWay {
  snapshotClass: string;
  storageClass: string;
  driver: string;
}

/** The pods that hold the ingress' port on its machines; there are none behind a NodePort or an outer balancer. */
export interface IngressController {
  namespace: string;
  /** Of what makes its pods, and that one's kind: DaemonSet, ReplicaSet or StatefulSet. */
  name: string;
  kind: string;
  /** Finds its pods in the namespace. */
  labelSelector: string;
  pods: { name: string; uid: string; machine: string }[];
  terminationGraceMs: Sourced<number>;
  /** How many containers run one after the other before it starts. */
  initContainers: number;
  /** How long a changed endpoint may wait until requests follow it; absent: not known of this controller. */
  applyMs?: Sourced<number>;
}

export interface Settings {
  etcd: { heartbeatMs: Sourced<number>; electionMs: Sourced<number> };
  keepalived: {
    /** Per control plane that runs keepalived. */
    instances: {
      machine: string;
      virtualRouterId: number;
      initialState: string;
      priority: number;
      advertMs: number;
      preempt: boolean;
      preemptDelayMs: number;
      version: 2 | 3;
      check: { intervalMs: number; timeoutMs: number; fall: number; rise: number; weight: number } | null;
    }[];
    source: string;
  } | null;
  haproxy: {
    interMs: number;
    fastInterMs: number | null;
    downInterMs: number | null;
    fall: number;
    rise: number;
    checkTimeoutMs: number;
    connectTimeoutMs: number;
    retries: number;
    redispatch: boolean;
    source: string;
  } | null;
  controllerManager: {
    leaseDurationMs: Sourced<number>;
    renewDeadlineMs: Sourced<number>;
    retryPeriodMs: Sourced<number>;
    nodeMonitorGraceMs: Sourced<number>;
    nodeMonitorPeriodMs: Sourced<number>;
    hpaSyncMs: Sourced<number>;
  };
  kubelet: {
    leaseDurationMs: Sourced<number>;
    /** The kubelet renews its lease every quarter of the duration. */
    leaseRenewMs: Sourced<number>;
    http2ReadIdleMs: Sourced<number>;
    http2PingMs: Sourced<number>;
  };
  apiServer: { requestTimeoutMs: Sourced<number>; defaultTolerationMs: Sourced<number> };
  /** Of the metrics API; absent where nothing that serves it was found. */
  metrics?: { resolutionMs: Sourced<number> };
}
