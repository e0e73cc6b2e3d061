// The named programs that the lab is made of. Every source (download, build) yields the same set, whatever it came from.
import type { ComponentVersions } from "./versions.ts";

export const programNames = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kube-proxy",
  "kubelet",
  "kubeadm",
  "kubectl",
  "etcd",
  "etcdctl",
  "etcdutl",
  "coredns",
  "pause",
  "metrics-server",
  "crictl",
  "agnhost",
  "resource-consumer",
  "consume-cpu",
  "traefik",
] as const;

export type ProgramName = (typeof programNames)[number];

/** Where each program lies on this host. */
export type Programs = Record<ProgramName, string>;

export type Architecture = "amd64" | "arm64";

/** Programs that come together: from one Go module, or from one release. */
export interface ProgramGroup {
  name: string;
  version: string;
  programs: readonly ProgramName[];
}

/** The groups in the order in which they are fetched or built. */
export function programGroups(versions: ComponentVersions): ProgramGroup[] {
  return [
    {
      name: "kubernetes",
      version: versions.kubernetes,
      programs: [
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
        "kube-proxy",
        "kubelet",
        "kubeadm",
        "kubectl",
      ],
    },
    {
      name: "kubernetes-test",
      version: versions.kubernetes,
      programs: ["agnhost", "resource-consumer", "consume-cpu"],
    },
    { name: "etcd", version: versions.etcd, programs: ["etcd", "etcdctl", "etcdutl"] },
    { name: "pause", version: versions.pause, programs: ["pause"] },
    { name: "coredns", version: versions.coredns, programs: ["coredns"] },
    { name: "metrics-server", version: versions.metricsServer, programs: ["metrics-server"] },
    { name: "cri-tools", version: versions.criTools, programs: ["crictl"] },
    { name: "traefik", version: versions.traefik, programs: ["traefik"] },
  ];
}

/** The name that Go, Debian and release files give to this host's processor; `undefined` when the lab cannot run on it. */
export function hostArchitecture(arch: string = process.arch): Architecture | undefined {
  const names: Record<string, Architecture> = { x64: "amd64", arm64: "arm64" };
  return names[arch];
}
