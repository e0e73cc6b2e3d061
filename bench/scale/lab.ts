// A session on a real lab to which simulated machines were added: the same probes, prediction and experiment as in a run.
import { join } from "node:path";
import { discover, fingerprint } from "../../harness/lab/discover.ts";
import type { Settings, Topology } from "../../harness/lab/facts.ts";
import type { Subject } from "../../harness/lab/subject.ts";
import type { NodeMachine, World } from "../../harness/lab/world.ts";
import type { WriteProbe } from "../../harness/probes/index.ts";
import { nodesProbe, podsProbe } from "../../harness/probes/kube.ts";
import type { Probe } from "../../harness/probes/probe.ts";
import { standardProbes } from "../../harness/probes/standard.ts";
import { parsePlan } from "../../harness/run/plan-file.ts";
import { lineProgress } from "../../harness/run/progress.ts";
import type { Session } from "../../harness/run/session.ts";
import { Ledger } from "../../harness/safety/ledger.ts";
import type { Shell } from "../../harness/shell/shell.ts";
import { Recorder } from "../../harness/timeline/recorder.ts";
import { apply } from "../../harness/workloads/apply.ts";
import { extrasSelector } from "../../harness/workloads/extra-labels.ts";
import { demoNamespace, podSpec, type DemoOptions } from "../../harness/workloads/manifests.ts";
import { leaseSeconds, simulatedPower, simulatedTaint } from "./kwok.ts";

export const namespace = "kubedrill-scale";
const app = "crowd";
const tolerationSeconds = 30;
/** Nobody has it: whoever asks there gets no answer and nothing leaves the host. */
const nowhere = "255.255.255.255";

export interface ScaleLab {
  session: Session;
  probes: Probe[];
}

/** @param nodes names of the simulated nodes @param folder where the timeline is written */
export async function openScaleLab(
  world: World,
  nodes: readonly string[],
  replicas: number,
  folder: string,
): Promise<ScaleLab> {
  const found = await discover(world);
  const settings = withLeases(found.settings);
  const recorder = new Recorder(join(folder, "timeline.jsonl"));
  const topology = withNodes(found.topology, nodes);
  const plan = parsePlan(
    { version: 1, name: "scale", title: "Scale", drills: ["node/long-outage"] },
    "scale",
  );
  const started = { schema: 1, id: "scale", plan: plan.name, startedAt: new Date().toISOString() } as const;
  recorder.record({
    type: "run",
    ...started,
    seed: 0,
    kubedrillVersion: "bench",
    nodeVersion: process.version,
    host: "this host",
    arguments: [],
  });
  recorder.record({
    type: "lab",
    name: world.file.name,
    fingerprint: fingerprint(topology, settings),
    topology,
    settings,
  });
  const simulated = withMachines(world, nodes);
  const session: Session = {
    runId: "scale",
    plan,
    world: simulated,
    recorder,
    ledger: new Ledger(world.file.name),
    topology,
    settings,
    workload: { options: optionsOf(world, replicas), subject: subjectOf(replicas) },
    progress: lineProgress((text) => process.stderr.write(text)),
    signal: new AbortController().signal,
    healed: false,
    unhealed: [],
    writers: [],
  };
  const { subject, options } = session.workload;
  // What looks into machines looks into the real ones; what asks the API sees all.
  const real = standardProbes(world, found.topology, {
    namespace: options.namespace,
    subject,
    extrasSelector,
    tickMs: plan.probes.tickMs,
    overrides: {},
  }).filter(({ info }) => !["nodes", "workload"].includes(info.probe));
  session.writers.push(...real.filter((probe): probe is WriteProbe => "audit" in probe));
  const all = [nodesProbe(simulated), podsProbe(simulated, "workload", namespace, subject.watchSelector)];
  return { session, probes: [...real, ...all] };
}

export async function makeCrowd(session: Session, replicas: number): Promise<void> {
  const labels = { app, "app.kubernetes.io/managed-by": "kubedrill" };
  const { topologySpreadConstraints, tolerations, ...spec } = podSpec({
    ...session.workload.options,
    graceful: false,
  });
  const bounded = ["not-ready", "unreachable"].map((key) => ({
    key: `node.kubernetes.io/${key}`,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds,
  }));
  const kube = session.world.kube.main;
  await apply(kube, {
    collection: "/api/v1/namespaces",
    body: { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
  });
  await apply(kube, {
    collection: `/apis/apps/v1/namespaces/${namespace}/deployments`,
    body: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: app },
      spec: {
        replicas,
        selector: { matchLabels: { app } },
        template: {
          metadata: { labels },
          spec: { ...spec, nodeSelector: { type: "kwok" }, tolerations: [simulatedTaint, ...bounded] },
        },
      },
    },
  });
}

function optionsOf(world: World, replicas: number): DemoOptions {
  return {
    namespace: demoNamespace,
    image: world.file.demo.image,
    replicas,
    tolerationSeconds,
    graceful: false,
    ingressClass: null,
  };
}

function subjectOf(replicas: number): Subject {
  return {
    kind: "own",
    title: "the simulated pods",
    namespace,
    controller: { kind: "Deployment", name: app },
    replicaSelector: `app=${app}`,
    watchSelector: `app=${app}`,
    replicas,
    tolerationMs: { value: tolerationSeconds * 1000, source: "the benchmark" },
    terminationGraceMs: { value: 15_000, source: "the benchmark" },
    graceful: false,
    podStartMs: null,
    readinessMs: null,
    service: null,
    way: null,
  };
}

function withLeases(settings: Settings): Settings {
  const source = "kwok --node-lease-duration-seconds";
  return {
    ...settings,
    kubelet: {
      ...settings.kubelet,
      leaseDurationMs: { value: leaseSeconds * 1000, source },
      leaseRenewMs: { value: (leaseSeconds * 1000) / 4, source: `${source}, a quarter of it` },
    },
  };
}

function withNodes(topology: Topology, nodes: readonly string[]): Topology {
  const simulated = nodes.map((name) => ({
    name,
    role: "worker" as const,
    address: nowhere,
    node: name,
    kubeletVersion: topology.kubernetesVersion,
    containerRuntime: "kwok",
    os: "none",
  }));
  return { ...topology, ingress: null, machines: [...topology.machines, ...simulated] };
}

function withMachines(world: World, nodes: readonly string[]): World {
  const none = () => Promise.reject(new Error("a simulated machine has no files"));
  const shell: Shell = {
    // Whatever is asked for, there is nothing on it.
    run: () => Promise.resolve({ exitCode: 0, stdout: "", stderr: "" }),
    stream: none,
    readFile: none,
    close: () => Promise.resolve(),
  };
  const simulated = nodes.map((name): NodeMachine => ({
    name,
    role: "worker",
    address: nowhere,
    node: name,
    power: simulatedPower(world.kube, name),
    shell,
  }));
  const byName = new Map(simulated.map((each) => [each.name, each]));
  return {
    ...world,
    machines: [...world.machines, ...simulated],
    everyMachine: [...world.everyMachine, ...simulated],
    machine: (name) => byName.get(name) ?? world.machine(name),
  };
}
