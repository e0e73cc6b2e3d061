// The container images of the lab: names exactly as kubeadm and public manifests use them, and what is in each.
import type { ProgramName } from "./programs.ts";
import type { ComponentVersions } from "./versions.ts";

export const imageRoles = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kube-proxy",
  "etcd",
  "coredns",
  "pause",
  "metrics-server",
  "traefik",
  "agnhost",
  "resource-consumer",
] as const;

export type ImageRole = (typeof imageRoles)[number];

export interface ImageDefinition {
  role: ImageRole;
  name: string;
  /** Programs of ours, and the path at which the official image has them. */
  programs: Partial<Record<ProgramName, string>>;
  /** Programs taken out of the machine's root file system, with the libraries that they are linked to. */
  fromRootfs: readonly string[];
  /** Other files and folders taken from there. */
  filesFromRootfs: readonly string[];
  /** Symbolic links: path → target. */
  links: Record<string, string>;
  entrypoint: readonly string[];
  command: readonly string[];
  /** Numeric, as the official image has it. */
  user: string;
}

const shellTools = [
  "sh",
  "cat",
  "ls",
  "sleep",
  "wget",
  "nslookup",
  "nc",
  "ping",
  "date",
  "env",
  "hostname",
  "head",
];
const iptablesNames = [
  "iptables",
  "iptables-save",
  "iptables-restore",
  "ip6tables",
  "ip6tables-save",
  "ip6tables-restore",
];

/** Every image of the lab for these versions. */
export function imageDefinitions(versions: ComponentVersions): ImageDefinition[] {
  const kubernetes = (role: ImageRole & ProgramName): ImageDefinition =>
    define(role, `registry.k8s.io/${role}:v${versions.kubernetes}`, { [role]: `/usr/local/bin/${role}` });
  return [
    kubernetes("kube-apiserver"),
    kubernetes("kube-controller-manager"),
    kubernetes("kube-scheduler"),
    {
      ...kubernetes("kube-proxy"),
      fromRootfs: ["/usr/sbin/nft", "/usr/sbin/xtables-nft-multi", "/usr/sbin/conntrack", "/usr/sbin/ipset"],
      // nft names protocols by /etc/protocols. Without it "tcp" is 6, kube-proxy takes each of its own elements for a
      // strange one, and an hour after its start (its next full sync) deletes every Service's.
      filesFromRootfs: ["/usr/lib/@MULTIARCH@/xtables", "/etc/protocols"],
      links: Object.fromEntries(iptablesNames.map((name) => [`/usr/sbin/${name}`, "xtables-nft-multi"])),
    },
    define("etcd", `registry.k8s.io/etcd:${versions.etcdImageTag}`, {
      etcd: "/usr/local/bin/etcd",
      etcdctl: "/usr/local/bin/etcdctl",
      etcdutl: "/usr/local/bin/etcdutl",
    }),
    {
      ...define("coredns", `registry.k8s.io/coredns/coredns:v${versions.coredns}`, { coredns: "/coredns" }),
      entrypoint: ["/coredns"],
    },
    {
      ...define("pause", `registry.k8s.io/pause:${versions.pause}`, { pause: "/pause" }),
      filesFromRootfs: [],
      entrypoint: ["/pause"],
      user: "65535:65535",
    },
    {
      ...define(
        "metrics-server",
        `registry.k8s.io/metrics-server/metrics-server:v${versions.metricsServer}`,
        {
          "metrics-server": "/metrics-server",
        },
      ),
      entrypoint: ["/metrics-server"],
      user: "65534",
    },
    {
      ...define("traefik", `docker.io/library/traefik:v${versions.traefik}`, {
        traefik: "/usr/local/bin/traefik",
      }),
      entrypoint: ["/usr/local/bin/traefik"],
    },
    {
      ...define("agnhost", `registry.k8s.io/e2e-test-images/agnhost:${versions.agnhost}`, {
        agnhost: "/agnhost",
      }),
      fromRootfs: ["/bin/busybox", "/usr/bin/curl"],
      links: Object.fromEntries(shellTools.map((name) => [`/bin/${name}`, "busybox"])),
      entrypoint: ["/agnhost"],
      command: ["pause"],
    },
    {
      ...define(
        "resource-consumer",
        `registry.k8s.io/e2e-test-images/resource-consumer:${versions.resourceConsumer}`,
        { "resource-consumer": "/consumer", "consume-cpu": "/consume-cpu/consume-cpu" },
      ),
      // The consumer starts `stress` to take memory.
      fromRootfs: ["/usr/bin/stress"],
      entrypoint: ["/consumer"],
    },
  ];
}

/** Role → image name, for manifests and for the kubeadm configuration. */
export function imageNames(versions: ComponentVersions): Record<ImageRole, string> {
  const pairs = imageDefinitions(versions).map((image) => [image.role, image.name] as const);
  return Object.fromEntries(pairs) as Record<ImageRole, string>;
}

function define(
  role: ImageRole,
  name: string,
  programs: Partial<Record<ProgramName, string>>,
): ImageDefinition {
  return {
    role,
    name,
    programs,
    fromRootfs: [],
    filesFromRootfs: ["/etc/ssl/certs/ca-certificates.crt"],
    links: {},
    entrypoint: [],
    command: [],
    user: "0",
  };
}
