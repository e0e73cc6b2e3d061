// What is kept of a control plane, or of a machine of etcd's own, beside etcd's data: enough to rebuild it when its disk is
// gone.
import type { World } from "../../lab/world.ts";

/** Packed where they exist; from the root of the file system. */
const configurationPaths = [
  "etc/kubernetes",
  "etc/etcd.env",
  "etc/ssl/etcd",
  "etc/systemd/system/etcd.service",
  "etc/systemd/system/kubelet.service",
  "etc/systemd/system/kubelet.service.d",
  "etc/default/kubelet",
  "var/lib/kubelet/config.yaml",
  "var/lib/kubelet/kubeadm-flags.env",
  "var/lib/kubelet/instance-config.yaml",
  "var/lib/kubelet/pki",
  "etc/keepalived",
  "etc/haproxy",
  "etc/containerd/config.toml",
  "etc/hosts",
] as const;

const always = [
  "etc/kubernetes/pki/ca.crt",
  "etc/kubernetes/pki/ca.key",
  "etc/kubernetes/pki/sa.key",
  "etc/kubernetes/pki/sa.pub",
  "etc/kubernetes/pki/front-proxy-ca.crt",
  "etc/kubernetes/pki/front-proxy-ca.key",
  "etc/kubernetes/admin.conf",
  "etc/kubernetes/controller-manager.conf",
  "etc/kubernetes/scheduler.conf",
  "etc/kubernetes/kubelet.conf",
  "etc/kubernetes/manifests/kube-apiserver.yaml",
  "etc/kubernetes/manifests/kube-controller-manager.yaml",
  "etc/kubernetes/manifests/kube-scheduler.yaml",
  "var/lib/kubelet/config.yaml",
];

/**
 * Without which a machine with a control plane, or with a member of etcd, cannot be rebuilt. Source: Kubernetes documentation, "PKI certificates and
 * requirements", and the paths of kubeadm's phases.
 */
export function neededPaths({ file }: Pick<World, "file">, machine: string): string[] {
  const { layout, runtime, ca } = file.etcd;
  const definition = runtime === "pod" ? "etc/kubernetes/manifests/etcd.yaml" : "etc/etcd.env";
  const isEtcds = file.machines.find((each) => each.name === machine)?.role === "etcd";
  if (isEtcds) return [ca.slice(1), definition];
  return [
    ...always,
    ...(layout === "stacked"
      ? ["etc/kubernetes/pki/etcd/ca.crt", "etc/kubernetes/pki/etcd/ca.key", definition]
      : []),
    ...(file.api.vip === undefined ? [] : ["etc/keepalived/keepalived.conf"]),
  ];
}

/** Packs what there is into `archive`. Files of which one is gone meanwhile are no error. */
export function packScript(archive: string): string {
  return `umask 077; cd / && set --; for each in ${configurationPaths.join(" ")}; do [ -e "$each" ] && set -- "$@" "$each"; done; tar -czf ${archive} -- "$@"`;
}
