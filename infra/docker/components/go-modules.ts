// One source of programs: built from pinned Go modules (go/, with go.mod and go.sum), for places where release downloads
// cannot be had but a Go module proxy can.
import { execa, ExecaError } from "execa";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, usageError, type KubedrillError } from "../../../harness/base/errors.ts";
import { endsWithUs } from "./ends-with-us.ts";
import type { Architecture, ProgramGroup, ProgramName } from "./programs.ts";

/** How programs of one module are built: where it is, which package each program is, and what is stamped into them. */
export interface GoBuild<Program extends string = ProgramName> {
  /** Folder with go.mod and go.sum. */
  directory: string;
  packages: readonly (readonly [Program, string])[];
  stamps: Record<string, string>;
}

export interface GoBuildOptions {
  architecture: Architecture;
  /** Existing folder that gets the programs. */
  into: string;
  signal?: AbortSignal | undefined;
}

/** A cold build of the largest group takes 5 minutes on two cores; beyond this limit something hangs. */
const buildTimeoutMs = 45 * 60_000;

/**
 * Builds all programs of a group.
 * @throws KubedrillError (usage) when Go is missing or a module cannot be had.
 */
export async function buildGroup(group: ProgramGroup, options: GoBuildOptions): Promise<void> {
  await buildPrograms(`${group.name} ${group.version}`, goBuildOf(group), options);
}

/**
 * Builds programs without C, without paths of this host in them.
 * @throws KubedrillError (usage) when Go is missing or a module cannot be had.
 */
export async function buildPrograms(
  title: string,
  build: GoBuild<string>,
  options: GoBuildOptions,
): Promise<void> {
  const stamps = Object.entries(build.stamps).map(([name, value]) => `-X ${name}=${value}`);
  const flags = [
    "-trimpath",
    "-buildvcs=false",
    "-mod=readonly",
    "-ldflags",
    ["-s", "-w", ...stamps].join(" "),
  ];
  const packages = build.packages.map(([, path]) => path);
  try {
    await execa(...endsWithUs("go", ["build", ...flags, "-o", `${options.into}/`, ...packages]), {
      cwd: build.directory,
      env: { CGO_ENABLED: "0", GOOS: "linux", GOARCH: options.architecture, GOFLAGS: "", GOWORK: "off" },
      timeout: buildTimeoutMs,
      ...(options.signal && { cancelSignal: options.signal }),
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw buildError(title, error);
  }
  for (const [program, path] of build.packages) {
    const built = join(options.into, outputName(path, program));
    if (built !== join(options.into, program)) await rename(built, join(options.into, program));
  }
}

/** Everything that determines what `buildGroup` makes of a group, apart from the Go compiler. */
export function goBuildOf(group: ProgramGroup): GoBuild {
  const v = `v${group.version}`;
  const inModule = (name: string) => join(import.meta.dirname, "go", name);
  const kubernetes = (folder: string) => (name: ProgramName) =>
    [name, `k8s.io/kubernetes/${folder}/${name}`] as const;
  switch (group.name) {
    case "kubernetes":
      return {
        directory: inModule(`kubernetes-${group.version}`),
        packages: group.programs.map(kubernetes("cmd")),
        stamps: kubernetesStamps(group.version),
      };
    case "kubernetes-test":
      return {
        directory: inModule(`kubernetes-${group.version}`),
        packages: [
          ["agnhost", "k8s.io/kubernetes/test/images/agnhost"],
          ["resource-consumer", "k8s.io/kubernetes/test/images/resource-consumer"],
          ["consume-cpu", "k8s.io/kubernetes/test/images/resource-consumer/consume-cpu"],
        ],
        stamps: {},
      };
    case "etcd":
      return {
        directory: inModule(`etcd-${group.version}`),
        packages: [
          ["etcd", "go.etcd.io/etcd/server/v3"],
          ["etcdctl", "go.etcd.io/etcd/etcdctl/v3"],
          ["etcdutl", "go.etcd.io/etcd/etcdutl/v3"],
        ],
        stamps: { "go.etcd.io/etcd/api/v3/version.GitSHA": v },
      };
    case "pause":
      return { directory: inModule("pause"), packages: [["pause", "."]], stamps: {} };
    case "coredns":
      return single(group, "coredns", "github.com/coredns/coredns", {
        "github.com/coredns/coredns/coremain.GitCommit": v,
      });
    case "metrics-server":
      return single(group, "metrics-server", "sigs.k8s.io/metrics-server/cmd/metrics-server", {
        "k8s.io/client-go/pkg/version.gitVersion": v,
        "k8s.io/component-base/version.gitVersion": v,
      });
    case "cri-tools":
      return single(group, "crictl", "github.com/kubernetes-sigs/cri-tools/cmd/crictl", {
        "github.com/kubernetes-sigs/cri-tools/pkg/version.Version": v,
      });
    case "traefik":
      return single(group, "traefik", "github.com/traefik/traefik/v3/cmd/traefik", {
        "github.com/traefik/traefik/v3/pkg/version.Version": group.version,
      });
    default:
      throw new Error(`No Go module is known for ${group.name}.`);
  }

  function single(
    of: ProgramGroup,
    program: ProgramName,
    path: string,
    stamps: Record<string, string>,
  ): GoBuild {
    return { directory: inModule(`${of.name}-${of.version}`), packages: [[program, path]], stamps };
  }
}

/** What the official build stamps, so that `kubeadm` and nodes say their version. */
function kubernetesStamps(version: string): Record<string, string> {
  const [major = "", minor = ""] = version.split(".");
  const values = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor, gitTreeState: "archive" };
  const packages = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"];
  return Object.fromEntries(
    packages.flatMap((path) => Object.entries(values).map(([name, value]) => [`${path}.${name}`, value])),
  );
}

/**
 * The file name that `go build` gives a program: the last element of its path that is not a major version; for "." that of
 * its module, which is called as the program is.
 */
function outputName(path: string, program: string): string {
  const elements = path.split("/").filter((element) => !/^v\d+$/.test(element) && element !== ".");
  return elements.at(-1) ?? program;
}

function buildError(title: string, cause: unknown): KubedrillError {
  const what = `${title} could not be built`;
  if (!(cause instanceof ExecaError)) return usageError(`${what}: ${messageOf(cause)}`, { cause });
  if (cause.code === "ENOENT" || cause.exitCode === 127)
    return usageError(`${what}: Go is not installed.`, {
      cause,
      hint: "install Go 1.21 or newer; it fetches what it needs beyond that",
    });
  const said = String(cause.stderr)
    .trim()
    .split("\n")
    .filter((line) => !line.startsWith("go: downloading"));
  return usageError(`${what}: ${said.slice(-3).join(" · ") || cause.shortMessage}`, {
    cause,
    hint: "the Go module proxy (go env GOPROXY) must be reachable the first time",
  });
}
