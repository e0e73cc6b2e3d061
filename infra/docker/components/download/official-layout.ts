// Where the projects publish their programs: the layout of their release servers as data, so that it can be tested
// against a local server, and pointed at a mirror.
import type { Architecture, ProgramGroup, ProgramName } from "../programs.ts";
import type { ComponentVersions } from "../versions.ts";

/** Roots of the release servers; a mirror with the same layout can stand in for each. */
export interface ReleaseServers {
  /** Single Kubernetes programs with a `.sha256` beside each. */
  kubernetes: string;
  /** GitHub: `/<owner>/<repository>/releases/download/<tag>/<file>`. */
  github: string;
  /** An OCI registry without login. */
  registry: string;
}

export const officialServers: ReleaseServers = {
  kubernetes: "https://dl.k8s.io/release",
  github: "https://github.com",
  registry: "https://registry.k8s.io",
};

/** A single program, an archive of programs, or programs inside a container image. */
export type Release =
  | { kind: "program"; program: ProgramName; url: string; checksumUrl: string }
  | { kind: "archive"; url: string; checksumUrl: string; members: Partial<Record<ProgramName, string>> }
  | {
      kind: "image";
      registry: string;
      repository: string;
      tag: string;
      members: Partial<Record<ProgramName, string>>;
    };

/** All releases that together hold the programs of a group. */
export function releasesOf(
  group: ProgramGroup,
  versions: ComponentVersions,
  architecture: Architecture,
  servers: ReleaseServers,
): Release[] {
  const v = `v${group.version}`;
  const image = (
    repository: string,
    tag: string,
    members: Partial<Record<ProgramName, string>>,
  ): Release => ({
    kind: "image",
    registry: servers.registry,
    repository,
    tag,
    members,
  });
  const archive = (
    repository: string,
    file: string,
    checksumFile: string,
    members: Partial<Record<ProgramName, string>>,
  ): Release => {
    const folder = `${servers.github}/${repository}/releases/download/${v}`;
    return { kind: "archive", url: `${folder}/${file}`, checksumUrl: `${folder}/${checksumFile}`, members };
  };
  switch (group.name) {
    case "kubernetes":
      return group.programs.map((program) => {
        const url = `${servers.kubernetes}/${v}/bin/linux/${architecture}/${program}`;
        return { kind: "program", program, url, checksumUrl: `${url}.sha256` };
      });
    case "kubernetes-test":
      return [
        image("e2e-test-images/agnhost", versions.agnhost, { agnhost: "agnhost" }),
        image("e2e-test-images/resource-consumer", versions.resourceConsumer, {
          "resource-consumer": "consumer",
          "consume-cpu": "consume-cpu/consume-cpu",
        }),
      ];
    case "etcd": {
      const folder = `etcd-${v}-linux-${architecture}`;
      return [
        archive("etcd-io/etcd", `${folder}.tar.gz`, "SHA256SUMS", {
          etcd: `${folder}/etcd`,
          etcdctl: `${folder}/etcdctl`,
          etcdutl: `${folder}/etcdutl`,
        }),
      ];
    }
    case "pause":
      return [image("pause", group.version, { pause: "pause" })];
    case "coredns": {
      const file = `coredns_${group.version}_linux_${architecture}.tgz`;
      return [archive("coredns/coredns", file, `${file}.sha256`, { coredns: "coredns" })];
    }
    case "metrics-server":
      return [image("metrics-server/metrics-server", v, { "metrics-server": "metrics-server" })];
    case "cri-tools": {
      const file = `crictl-${v}-linux-${architecture}.tar.gz`;
      return [archive("kubernetes-sigs/cri-tools", file, `${file}.sha256`, { crictl: "crictl" })];
    }
    case "traefik": {
      const file = `traefik_${v}_linux_${architecture}.tar.gz`;
      return [archive("traefik/traefik", file, `traefik_${v}_checksums.txt`, { traefik: "traefik" })];
    }
    default:
      throw new Error(`No release is known for ${group.name}.`);
  }
}
