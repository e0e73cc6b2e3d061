// kubeadm's configuration files. Controllers keep their default timings: real defaults are what is drilled.
import { stringify } from "yaml";
import { externalEtcd } from "./etcd-service.ts";
import { controlPlanesOf, firstControlPlane, type LabLayout, type MachinePlan } from "../layout.ts";

export interface JoinSecrets {
  token: string;
  certificateKey: string;
}

const criSocket = "unix:///run/containerd/containerd.sock";
/** Where kubeadm's files are on a machine. */
export const kubeadmPaths = {
  config: "/etc/kubernetes/kubeadm.yaml",
  discovery: "/etc/kubernetes/discovery.conf",
  patches: "/etc/kubernetes/patches",
};

/** For `kubeadm init --config` on the first control plane. */
export function initConfig(layout: LabLayout, secrets: JoinSecrets): string {
  const first = firstControlPlane(layout);
  const init = {
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "InitConfiguration",
    bootstrapTokens: [{ token: secrets.token, ttl: "1h0m0s", usages: ["signing", "authentication"] }],
    certificateKey: secrets.certificateKey,
    localAPIEndpoint: { advertiseAddress: first.address, bindPort: 6443 },
    nodeRegistration: nodeRegistration(first),
    patches: { directory: kubeadmPaths.patches },
  };
  const cluster = {
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "ClusterConfiguration",
    clusterName: layout.name,
    kubernetesVersion: layout.kubernetes,
    controlPlaneEndpoint: `${layout.vip.address}:${String(layout.vip.port)}`,
    // Made in no time and cheap in every handshake; RSA keys alone take seconds on a small host.
    encryptionAlgorithm: "ECDSA-P256",
    networking: { serviceSubnet: layout.network.services, dnsDomain: "cluster.local" },
    ...(layout.etcd.runtime === "systemd" ? { etcd: externalEtcd(layout) } : {}),
    apiServer: { certSANs: ["127.0.0.1", ...controlPlanesOf(layout).map((each) => each.address)] },
  };
  return documents([init, cluster, kubeletConfig(layout), kubeProxyConfig(layout)]);
}

/** For `kubeadm join --config`. */
export function joinConfig(machine: MachinePlan, secrets: JoinSecrets): string {
  const controlPlane = {
    certificateKey: secrets.certificateKey,
    localAPIEndpoint: { advertiseAddress: machine.address, bindPort: 6443 },
  };
  const join = {
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "JoinConfiguration",
    discovery: { file: { kubeConfigPath: kubeadmPaths.discovery }, tlsBootstrapToken: secrets.token },
    nodeRegistration: nodeRegistration(machine),
    patches: { directory: kubeadmPaths.patches },
    ...(machine.role === "control-plane" ? { controlPlane } : {}),
  };
  return documents([join]);
}

/**
 * How a joining machine finds and trusts the cluster. A file, since the other way (a signed ConfigMap) is looked at only
 * every 5 s, and is not signed yet at the first look.
 */
export function discoveryConfig(layout: LabLayout, secrets: JoinSecrets, ca: string): string {
  const cluster = {
    server: `https://${layout.vip.address}:${String(layout.vip.port)}`,
    "certificate-authority-data": Buffer.from(ca).toString("base64"),
  };
  const name = layout.name;
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster }],
    users: [{ name, user: { token: secrets.token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}

/**
 * What differs between kubelets: a worker reserves all memory beyond its presented size, so that a large host looks
 * like the worker of a real lab. `hostMemoryBytes` is what the kubelet will read as its capacity.
 */
export function kubeletPatch(
  layout: LabLayout,
  machine: MachinePlan,
  hostMemoryBytes: number,
): string | undefined {
  if (machine.role !== "worker") return undefined;
  const spare = hostMemoryBytes - layout.workerMemoryGiB * 2 ** 30;
  if (spare <= 0) return undefined;
  return stringify({ systemReserved: { memory: String(Math.floor(spare)) } });
}

/**
 * etcd's share of its machine when processors are short. kubeadm asks 100m for it, an eighth of what the control plane
 * asks together; on a small host its leader then cannot send heartbeats in time while pods start, and every answer of
 * the API waits for it. etcd's hardware guide wants processors that are its own.
 */
export function etcdPatch(): string {
  return stringify({ spec: { containers: [{ name: "etcd", resources: { requests: { cpu: "500m" } } }] } });
}

/**
 * How often a kubelet reads its usage. It waits once to twice as long (cAdvisor manager/container.go, `jitter`): with
 * its default of 10 s the metrics API, which asks every 10 s here, would often get the same figures twice, and no rate.
 */
const housekeepingInterval = "5s";

function nodeRegistration(machine: MachinePlan) {
  return {
    name: machine.name,
    criSocket,
    imagePullPolicy: "IfNotPresent",
    kubeletExtraArgs: [
      { name: "node-ip", value: machine.address },
      { name: "housekeeping-interval", value: housekeepingInterval },
    ],
    // A system container has no kernel of its own: modules, configs and swap are the host's business.
    ignorePreflightErrors: [
      "SystemVerification",
      "Swap",
      "NumCPU",
      "Mem",
      "FileContent--proc-sys-net-bridge-bridge-nf-call-iptables",
    ],
  };
}

/** What a kubelet needs to live in a container on cgroup v1, and to keep its preloaded images for ever. */
function kubeletConfig(layout: LabLayout) {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    cgroupDriver: "systemd",
    failCgroupV1: false,
    failSwapOn: false,
    featureGates: { KubeletInUserNamespace: true },
    clusterDNS: [layout.network.dns],
    imageGCHighThresholdPercent: 100,
    evictionHard: {
      "memory.available": "100Mi",
      "nodefs.available": "0%",
      "nodefs.inodesFree": "0%",
      "imagefs.available": "0%",
      "imagefs.inodesFree": "0%",
    },
  };
}

function kubeProxyConfig(layout: LabLayout) {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "nftables",
    clusterCIDR: layout.network.pods,
    conntrack: { maxPerCore: 0 },
  };
}

function documents(all: readonly object[]): string {
  return all.map((each) => stringify(each)).join("---\n");
}
