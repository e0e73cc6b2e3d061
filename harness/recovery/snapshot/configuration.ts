// What is kept of a control plane beside etcd's data: enough to rebuild the machine when its disk is gone.
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
 * Without which a control plane cannot be rebuilt. Source: Kubernetes documentation, "PKI certificates and
 * requirements", and the paths of kubeadm's phases.
 */
export function neededPaths({ file }: Pick<World, "file">): string[] {
  const { layout, runtime } = file.etcd;
  return [
    ...always,
    ...(layout === "stacked" ? ["etc/kubernetes/pki/etcd/ca.crt", "etc/kubernetes/pki/etcd/ca.key"] : []),
    ...(layout === "stacked" && runtime === "pod" ? ["etc/kubernetes/manifests/etcd.yaml"] : []),
    ...(layout === "stacked" && runtime === "systemd" ? ["etc/etcd.env"] : []),
    ...(file.api.vip === undefined ? [] : ["etc/keepalived/keepalived.conf"]),
  ];
}

/** Packs what there is into `archive`. Files of which one is gone meanwhile are no error. */
export function packScript(archive: string): string {
  return `umask 077; cd / && set --; for each in ${configurationPaths.join(" ")}; do [ -e "$each" ] && set -- "$@" "$each"; done; tar -czf ${archive} -- "$@"`;
}
