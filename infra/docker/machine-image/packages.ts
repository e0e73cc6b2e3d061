// What a machine consists of besides Kubernetes: Debian packages, by name.

/** The newest Debian release whose systemd (252) still boots on hosts with cgroup v1; 256 and later refuse. */
export const debianSuite = "bookworm";

export const debianPackages: readonly string[] = [
  // A machine that boots, logs and is logged into
  "systemd",
  "systemd-sysv",
  "dbus",
  "openssh-server",
  "ca-certificates",
  "procps",
  "kmod",
  // Containers and their network
  "containerd",
  "runc",
  "containernetworking-plugins",
  "conntrack",
  "iptables",
  "nftables",
  "ipset",
  "ethtool",
  "socat",
  "iproute2",
  // The virtual address and the balancer of an on-premises control plane
  "haproxy",
  "keepalived",
  // To look, and to break
  "curl",
  "jq",
  "iputils-arping",
  "iputils-ping",
  "tcpdump",
  "stress",
  "busybox-static",
];
