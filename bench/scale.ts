// Whether recording, judging and reporting hold on a cluster far bigger than the lab: the lab's own API server with 1,000
// simulated nodes and 5,000 pods, one of whose nodes is lost for longer than its pods' toleration. The rival watches the
// same cluster in the same minutes with client-node's informers, as most tools do.
import type { Command } from "commander";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../harness/base/until.ts";
import { pickMachines } from "../harness/faults/targets.ts";
import { readLabFile } from "../harness/lab/lab-file.ts";
import { openWorld } from "../harness/lab/open-world.ts";
import type { World } from "../harness/lab/world.ts";
import { startProbes, stopProbes } from "../harness/probes/index.ts";
import { Experiment } from "../harness/run/experiment.ts";
import { loadDrills } from "../harness/run/load-drills.ts";
import { promisable } from "../harness/run/promisable.ts";
import { allowancesFrom, workloadFacts } from "../harness/run/workload-facts.ts";
import type { PlanInput } from "../harness/scenario.ts";
import type { Expectation } from "../harness/verdict/expectation.ts";
import { judgeDrill, judgeRun } from "../harness/verdict/judge-run.ts";
import { makeNamespace, subjectPods } from "../harness/workloads/demo.ts";
import { labDown, labUp } from "../infra/docker/lab.ts";
import { writeReports } from "../reports/write.ts";
import { leavingNothing } from "./leaving-nothing.ts";
import { ensureKwok, makeNodes, nodeNames, startKwok } from "./scale/kwok.ts";
import { makeCrowd, namespace, openScaleLab, type ScaleLab } from "./scale/lab.ts";
import { addSamples } from "./scale/many-samples.ts";
import { meter } from "./scale/meter.ts";
import { missedBy } from "./scale/missed.ts";
import type { ReferenceResult } from "./scale/reference.ts";

const lab = "bench-scale";
const drill = "node/long-outage";
/** The controller-manager makes some 20 pods a second. */
const crowdLimitMs = 30 * 60_000;
const samples = 1_000_000;

interface Size {
  nodes: number;
  pods: number;
}

export function registerScaleBench(program: Command): void {
  program
    .command("scale")
    .description(
      "watching, judging and reporting a cluster of 1,000 simulated nodes, beside client-node's informers",
    )
    .option("--nodes <count>", "simulated nodes", Number, 1000)
    .option("--pods <count>", "simulated pods", Number, 5000)
    .addHelpText("after", "\nExample: npm run bench -- scale --nodes 200 --pods 1000")
    .action(async (size: Size) => {
      await benchScale(size);
    });
}

async function benchScale(size: Size): Promise<void> {
  const kwok = await ensureKwok(say);
  const folder = await mkdtemp(join(tmpdir(), "kubedrill-scale-"));
  await leavingNothing(
    () => onLab(kwok, size, folder),
    async () => {
      await labDown({ name: lab, forget: true });
      await rm(folder, { recursive: true, force: true });
    },
  );
}

async function onLab(kwok: string, size: Size, folder: string): Promise<void> {
  const { labFile, kubeconfig } = await labUp({ name: lab, onProgress: say });
  const world = await openWorld(await readLabFile(labFile));
  const stopKwok = startKwok(kwok, kubeconfig);
  try {
    await onCrowdedLab(world, kubeconfig, size, folder);
  } finally {
    await stopKwok();
    await world.close();
  }
}

async function onCrowdedLab(world: World, kubeconfig: string, size: Size, folder: string): Promise<void> {
  await withoutMetricsServer(world);
  const nodes = nodeNames(size.nodes);
  say(`making ${String(size.nodes)} nodes`);
  await makeNodes(world.kube, nodes);
  const scale = await openScaleLab(world, nodes, size.pods, folder);
  // Sequenced writes go there from the start on.
  await makeNamespace(world, scale.session.workload.options);
  const reference = await startReference(kubeconfig);
  const stop = meter();
  let cost: ReturnType<typeof stop>;
  let theirs: ReferenceResult;
  try {
    await startProbes(scale.probes, scale.session.recorder);
    try {
      await lose(scale, size);
      cost = stop();
    } finally {
      await stopProbes(scale.probes);
    }
    theirs = await reference.stop();
    scale.session.recorder.record({ type: "run-end", outcome: "completed" });
  } finally {
    reference.end();
    scale.session.recorder.close();
  }
  const { recorder } = scale.session;
  const { verdict, reason } = judgeDrill(recorder.store, drill);
  print(`${drill} with ${String(size.nodes)} nodes and ${String(size.pods)} pods: ${verdict}. ${reason}`);
  const missed = missedBy(recorder.store, "workload", theirs.words);
  print(
    `pods: ${String(missed.seen)} changes were there to be seen, ${String(missed.recorded)} are recorded, ${String(missed.passedBy)} lasted less than 0.1 s; wrong at the end: ${String(missed.wrongAtTheEnd.length)}, never there: ${String(missed.invented.length)}`,
  );
  const theirCores = theirs.cpuSeconds / cost.seconds;
  print(
    `kubedrill (everything recorded): ${cost.rssMB.toFixed(0)} MB, ${cost.cores.toFixed(2)} cores (busiest 10 s: ${cost.busiestCores.toFixed(2)}) over ${cost.seconds.toFixed(0)} s`,
  );
  print(
    `client-node's informers (pods and nodes only): ${theirs.rssMB.toFixed(0)} MB, ${theirCores.toFixed(2)} cores; kubedrill / informers: ${(cost.rssMB / theirs.rssMB).toFixed(2)} of the memory, ${(cost.cores / theirCores).toFixed(2)} of the processor time`,
  );
  await report(scale, folder);
}

/** It would ask a thousand kubelets that are not there. */
async function withoutMetricsServer({ kube }: World): Promise<void> {
  const path = "/apis/apps/v1/namespaces/kube-system/deployments/metrics-server/scale";
  await kube.main.raw("PATCH", path, {
    timeoutMs: 10_000,
    body: { spec: { replicas: 0 } },
    contentType: "application/merge-patch+json",
  });
}

async function startReference(
  kubeconfig: string,
): Promise<{ stop(): Promise<ReferenceResult>; end(): void }> {
  const child = fork(join(import.meta.dirname, "scale", "reference.ts"), [kubeconfig, namespace]);
  await once(child, "message");
  return {
    async stop() {
      const answer = once(child, "message") as Promise<[ReferenceResult]>;
      child.send("stop");
      const [result] = await answer;
      return result;
    },
    end: () => {
      child.kill();
    },
  };
}

/** The drill without its extras: a DaemonSet would need a pod on each of a thousand nodes. */
async function lose({ session }: ScaleLab, size: Size): Promise<void> {
  const { world, recorder, topology, workload, plan } = session;
  const { store } = recorder;
  say(`making ${String(size.pods)} pods`);
  await makeCrowd(session, size.pods);
  await until(() => store.lastValue("workload", "ready") === size.pods, {
    what: `${String(size.pods)} pods to be Ready`,
    timeoutMs: crowdLimitMs,
    intervalMs: 1000,
  });
  const spec = (await loadDrills()).get(drill);
  if (spec === undefined) throw new Error(`there is no drill ${drill}`);
  const state = (to: "started" | "completed") => {
    recorder.record({ type: "drill", drill, title: spec.title, state: to });
  };
  state("started");
  const experiment = new Experiment(session, drill);
  await experiment.steady();
  const pods = await subjectPods(world, workload.subject);
  const input: PlanInput = {
    topology,
    settings: session.settings,
    workload: workloadFacts(session, pods),
    pods,
    extras: [],
    room: [],
    memory: null,
    scaled: null,
    cost: null,
    full: false,
    failOnSaturation: false,
    maxRateHz: null,
    snapshotWay: null,
    tickMs: plan.probes.tickMs,
    allowances: allowancesFrom(world.file),
  };
  const planned = promisable(spec.plan(input), workload.subject);
  const [victim = ""] = pickMachines("worker", topology, input.workload.podsByMachine);
  say(`losing ${victim}, one of ${String(topology.machines.length)} nodes`);
  recorder.record({ type: "prediction", drill, statements: planned.prediction.statements });
  // Containers of simulated pods run nowhere.
  for (const expectation of planned.prediction.expectations.filter((each) => !ofContainers(each)))
    recorder.record({ type: "expectation", drill, expectation });
  await spec.run({ experiment, plan: planned, input, workload });
  experiment.mark("end");
  for (const writer of session.writers)
    recorder.record({ type: "audit", drill, ...(await writer.audit(store.span(drill))) });
  state("completed");
}

function ofContainers({ judge }: Expectation): boolean {
  return "select" in judge && judge.select.probe === "containers";
}

async function report({ session }: ScaleLab, folder: string): Promise<void> {
  const { store } = session.recorder;
  const recorded = [...store.samples.values()].reduce((sum, each) => sum + each.length, 0);
  addSamples(store, drill, Math.max(0, samples - recorded));
  const startedAt = performance.now();
  const { html } = await writeReports(folder, store, judgeRun(store));
  const seconds = (performance.now() - startedAt) / 1000;
  const { size } = await stat(html);
  print(
    `report of ${(samples / 1e6).toFixed(0)} million answers: ${(size / 1e6).toFixed(2)} MB, built in ${seconds.toFixed(1)} s (all four files)`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
