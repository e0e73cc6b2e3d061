// Simulated nodes for a real API server: kwok, built from its Go module, keeps their leases and plays their kubelets.
import { execa } from "execa";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir } from "../../harness/base/paths.ts";
import { until } from "../../harness/base/until.ts";
import type { KubeAccess } from "../../harness/kube/access.ts";
import type { MachinePower, PowerState } from "../../harness/machines/provider.ts";
import { ensureDirectory } from "../../infra/docker/components/cache-directory.ts";

const version = "0.8.0";
const moduleDir = join(import.meta.dirname, `kwok-${version}`);
const buildLimitMs = 45 * 60_000;
const requestLimitMs = 20_000;
/** Nodes are made by so many requests at a time. */
const atOnce = 20;

/** kwok renews every quarter of it; its default of 40 s costs a processor core for 1,000 nodes. */
export const leaseSeconds = 120;

const managed = "kwok.x-k8s.io/node";
export const simulatedTaint = { key: managed, value: "fake", effect: "NoSchedule" };
/** Stages that let a node's pods run, and keep node and lease alive. */
const stageFolders = ["node/fast", "node/heartbeat-with-lease", "pod/fast"];

/** Builds kwok once; returns the folder with the program and its stages. */
export async function ensureKwok(say: (line: string) => void): Promise<string> {
  const folder = join(cacheDir(), "bench", `kwok-${version}`);
  await ensureDirectory(folder, async (into) => {
    say(`building kwok ${version}`);
    const go = (args: string[]) =>
      execa("go", args, {
        cwd: moduleDir,
        env: { CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" },
        timeout: buildLimitMs,
      });
    const flags = ["-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", "-s -w"];
    await go(["build", ...flags, "-o", `${into}/`, "sigs.k8s.io/kwok/cmd/kwok"]);
    const { stdout: source } = await go(["list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kwok"]);
    await writeFile(join(into, "stages.yaml"), await stagesIn(join(source, "kustomize", "stage")));
  });
  return folder;
}

async function stagesIn(folder: string): Promise<string> {
  const texts = stageFolders.map(async (each) => {
    const names = await readdir(join(folder, each));
    const stages = names.filter((name) => name.endsWith(".yaml") && name !== "kustomization.yaml").sort();
    return Promise.all(stages.map((name) => readFile(join(folder, each, name), "utf8")));
  });
  return (await Promise.all(texts)).flat().join("\n---\n");
}

/** Runs until the way that is returned is taken; ends with this process in any case. */
export function startKwok(folder: string, kubeconfig: string): () => Promise<void> {
  const program = execa(
    join(folder, "kwok"),
    [
      `--kubeconfig=${kubeconfig}`,
      "--manage-all-nodes=false",
      // By label, which the API server itself selects by: whose label goes is seen by kwok as deleted, and let go.
      `--manage-nodes-with-label-selector=${managed}=fake`,
      `--node-lease-duration-seconds=${String(leaseSeconds)}`,
      `--config=${join(folder, "stages.yaml")}`,
    ],
    { reject: false, cleanup: true, stdin: "ignore", stdout: "ignore", stderr: "ignore" },
  );
  return async () => {
    program.kill();
    await program;
  };
}

export function nodeNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `sim-${String(index).padStart(4, "0")}`);
}

export async function makeNodes({ main }: KubeAccess, names: readonly string[]): Promise<void> {
  const left = [...names];
  const make = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift())
      await main.raw("POST", "/api/v1/nodes", { timeoutMs: requestLimitMs, body: nodeOf(name) });
  };
  await Promise.all(Array.from({ length: atOnce }, make));
}

function nodeOf(name: string): unknown {
  const size = { cpu: "8", memory: "32Gi", pods: "110" };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: { "kubernetes.io/hostname": name, type: "kwok", [managed]: "fake" },
    },
    spec: { taints: [simulatedTaint] },
    status: { allocatable: size, capacity: size },
  };
}

/** Without the label kwok lets go of a node: its lease is renewed no more, as when its machine has no power. */
export function simulatedPower({ main }: KubeAccess, node: string): MachinePower {
  const path = `/api/v1/nodes/${node}`;
  const status = async (): Promise<PowerState> => {
    const found = (await main.raw("GET", path, { timeoutMs: requestLimitMs })) as {
      metadata: { labels?: Record<string, string> };
    };
    return found.metadata.labels?.[managed] === "fake" ? "running" : "off";
  };
  const set = async (value: "fake" | null, wanted: PowerState) => {
    await main.raw("PATCH", path, {
      timeoutMs: requestLimitMs,
      body: { metadata: { labels: { [managed]: value } } },
      contentType: "application/merge-patch+json",
    });
    await until(async () => (await status()) === wanted, {
      what: `${node} to be ${wanted}`,
      timeoutMs: requestLimitMs,
    });
  };
  return {
    operations: new Set(["on", "cut", "shutdown"]),
    onThisHost: false,
    status,
    on: () => set("fake", "running"),
    cut: () => set(null, "off"),
    shutdown: () => set(null, "off"),
    freeze: () => set(null, "off"),
    thaw: () => set("fake", "running"),
    byHand: () => `kubectl label node ${node} ${managed}=fake`,
  };
}
