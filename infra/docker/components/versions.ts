// The pinned versions of everything that runs in the lab. Data only: a new Kubernetes minor is one more entry here and
// its Go modules under go/.

/** Versions without a leading "v"; image tags follow from them in images.ts. */
export interface ComponentVersions {
  kubernetes: string;
  etcd: string;
  /** The tag that this kubeadm asks for (DefaultEtcdVersion in its constants.go): the etcd version and a build number. */
  etcdImageTag: string;
  /** CoreDNSVersion in the same file. */
  coredns: string;
  /** PauseVersion in the same file. */
  pause: string;
  metricsServer: string;
  traefik: string;
  /** As in the end-to-end test images of this Kubernetes (test/utils/image/manifest.go). */
  agnhost: string;
  resourceConsumer: string;
  criTools: string;
}

/** What is built when no minor is named. */
export const newestVersions: ComponentVersions = {
  kubernetes: "1.35.8",
  etcd: "3.6.6",
  etcdImageTag: "3.6.6-0",
  coredns: "1.13.1",
  pause: "3.10.1",
  metricsServer: "0.9.0",
  traefik: "3.6.6",
  agnhost: "2.59",
  resourceConsumer: "1.14",
  criTools: "1.30.0",
};

const releases: Record<string, ComponentVersions> = { "1.35": newestVersions };

/** Minors that can be built, newest first, such as "1.35". */
export const kubernetesMinors: readonly string[] = Object.keys(releases).toSorted((a, b) =>
  b.localeCompare(a, "en", { numeric: true }),
);

/** The versions of a Kubernetes minor such as "1.35"; `undefined` for one that is not known. */
export function versionsOf(kubernetesMinor: string): ComponentVersions | undefined {
  return releases[kubernetesMinor];
}
