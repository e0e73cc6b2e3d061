// etcd as a service of its machine, as kubespray makes it, beside the control plane that uses it or alone: for kubeadm it is
// external either way.
import { stringify } from "yaml";
import { environmentFile } from "../../../../harness/lab/etcd-service.ts";
import { etcdMachinesOf, type LabLayout, type MachinePlan } from "../layout.ts";

const pki = "/etc/kubernetes/pki/etcd";

export const etcdPaths = {
  environment: environmentFile,
  unit: "/etc/systemd/system/etcd.service",
  /** Outlives a restore of the golden state, which brings back /etc and /var. */
  binary: "/var/opt/etcd/etcd",
  certificates: "/etc/kubernetes/etcd-certificates.yaml",
  ca: [`${pki}/ca.crt`, `${pki}/ca.key`],
  /** By which API servers reach it. */
  client: [
    `${pki}/ca.crt`,
    "/etc/kubernetes/pki/apiserver-etcd-client.crt",
    "/etc/kubernetes/pki/apiserver-etcd-client.key",
  ],
} as const;

/** For `kubeadm init phase certs etcd-…` on one machine: certificates as kubeadm makes them for its own etcd. */
export function certificatesConfig(layout: LabLayout, machine: MachinePlan): string {
  const init = {
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "InitConfiguration",
    localAPIEndpoint: { advertiseAddress: machine.address },
    nodeRegistration: { name: machine.name },
  };
  const cluster = {
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "ClusterConfiguration",
    kubernetesVersion: layout.kubernetes,
    encryptionAlgorithm: "ECDSA-P256",
    etcd: { local: { serverCertSANs: [machine.address], peerCertSANs: [machine.address] } },
  };
  return `${stringify(init)}---\n${stringify(cluster)}`;
}

/** How kubeadm's API servers reach it. */
export function externalEtcd(layout: LabLayout): object {
  return {
    external: {
      endpoints: etcdMachinesOf(layout).map((each) => `https://${each.address}:2379`),
      caFile: `${pki}/ca.crt`,
      certFile: "/etc/kubernetes/pki/apiserver-etcd-client.crt",
      keyFile: "/etc/kubernetes/pki/apiserver-etcd-client.key",
    },
  };
}

/** Its flags as variables. Source: etcd documentation, "Configuration options". */
export function etcdEnvironment(layout: LabLayout, machine: MachinePlan): string {
  const peer = ({ address }: MachinePlan) => `https://${address}:2380`;
  const cluster = etcdMachinesOf(layout).map((each) => `${each.name}=${peer(each)}`);
  const client = `https://${machine.address}:2379`;
  const variables = {
    NAME: machine.name,
    DATA_DIR: "/var/lib/etcd",
    LISTEN_PEER_URLS: peer(machine),
    LISTEN_CLIENT_URLS: `https://127.0.0.1:2379,${client}`,
    LISTEN_METRICS_URLS: "http://127.0.0.1:2381",
    ADVERTISE_CLIENT_URLS: client,
    INITIAL_ADVERTISE_PEER_URLS: peer(machine),
    INITIAL_CLUSTER: cluster.join(","),
    INITIAL_CLUSTER_STATE: "new",
    INITIAL_CLUSTER_TOKEN: layout.name,
    CLIENT_CERT_AUTH: "true",
    TRUSTED_CA_FILE: `${pki}/ca.crt`,
    CERT_FILE: `${pki}/server.crt`,
    KEY_FILE: `${pki}/server.key`,
    PEER_CLIENT_CERT_AUTH: "true",
    PEER_TRUSTED_CA_FILE: `${pki}/ca.crt`,
    PEER_CERT_FILE: `${pki}/peer.crt`,
    PEER_KEY_FILE: `${pki}/peer.key`,
  };
  return Object.entries(variables)
    .map(([name, value]) => `ETCD_${name}=${value}\n`)
    .join("");
}

export function etcdUnit(): string {
  return `[Unit]
Description=etcd
Documentation=https://etcd.io/docs
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=notify
User=etcd
EnvironmentFile=${etcdPaths.environment}
ExecStart=${etcdPaths.binary}
Restart=always
RestartSec=1s
TimeoutStartSec=infinity
LimitNOFILE=40000

[Install]
WantedBy=multi-user.target
`;
}

/**
 * Makes the machine ready for the service: the program out of the image that kubeadm would run, a user of its own, who may
 * read its keys and has its data.
 */
export const etcdSetUp = `set -eu
image=$(ctr -n k8s.io images ls -q | grep -m 1 '/etcd:')
mkdir -p /run/etcd-image ${etcdPaths.binary.slice(0, etcdPaths.binary.lastIndexOf("/"))}
ctr -n k8s.io images mount "$image" /run/etcd-image >/dev/null
cp /run/etcd-image/usr/local/bin/etcd ${etcdPaths.binary}
ctr -n k8s.io images unmount --rm /run/etcd-image >/dev/null
id etcd >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin etcd
mkdir -p /var/lib/etcd
chown etcd:etcd /var/lib/etcd ${pki}/server.key ${pki}/peer.key
chmod 700 /var/lib/etcd
chmod 644 ${pki}/ca.crt
systemctl daemon-reload
systemctl enable --quiet etcd
systemctl start --no-block etcd`;
