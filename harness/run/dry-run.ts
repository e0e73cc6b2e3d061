// `--dry-run`: reads layout and settings, prints whom each drill would hit and what is predicted, changes nothing.
import { faultKind } from "../faults/index.ts";
import { discover } from "../lab/discover.ts";
import type { LabFile } from "../lab/lab-file.ts";
import { openWorld } from "../lab/open-world.ts";
import type { World } from "../lab/world.ts";
import type { Subject } from "../lab/subject.ts";
import type { Extra } from "../workloads/extras.ts";
import { subjectPods } from "../workloads/demo.ts";
import { demoNamespace } from "../workloads/manifests.ts";
import { memoryOf } from "../workloads/make-extras.ts";
import { restingOwn, scaledAsDeclared, type Scaled } from "../workloads/scaled.ts";
import { readOwn } from "../workloads/own.ts";
import { readMemory } from "../lab/memory.ts";
import { readRoom } from "../lab/room.ts";
import { chosenSnapshotWay, extrasOf, unmetNeed, type DrillSpec, type PlanInput } from "../scenario.ts";
import { pickMachines } from "../faults/targets.ts";
import { KubedrillError } from "../base/errors.ts";
import { loadDrills } from "./load-drills.ts";
import type { Plan } from "./plan-file.ts";
import { wrap } from "./progress.ts";
import { promisable } from "./promisable.ts";
import { allowancesFrom, evenWorkload, workloadFacts } from "./workload-facts.ts";

export async function dryRun(lab: LabFile, plan: Plan, write: (text: string) => void): Promise<void> {
  const world = await openWorld(lab);
  try {
    const { topology, settings } = await discover(world);
    const subject = plan.own === null ? null : await readOwn(world, plan.own);
    const pods = subject === null ? [] : await subjectPods(world, subject);
    const workload =
      subject === null
        ? evenWorkload(plan, topology, settings)
        : workloadFacts({ workload: { subject }, topology, plan, settings }, pods);
    const { full, failOnSaturation, maxRateHz } = plan;
    const snapshotWay = chosenSnapshotWay(topology, plan.snapshotClass) ?? null;
    const allowances = allowancesFrom(lab);
    const input = { topology, settings, workload, pods, allowances, full, failOnSaturation, maxRateHz };
    if (subject !== null) write(`\nOn ${subject.title}, ${String(subject.replicas)} pods.\n`);
    const known = await loadDrills();
    for (const id of plan.drills) {
      const spec = known.get(id);
      if (spec === undefined) continue;
      const room = spec.readsRoom === true ? await readRoom(world) : [];
      const extras = subject === null ? standIns(spec, room, input) : [];
      const filled = extras.find(({ name }) => name === spec.fills)?.pods[0]?.machine ?? null;
      const memory = filled === null ? null : await readMemory(world, filled);
      const cost = spec.measures === undefined ? null : assumedCost;
      const scaled = await scaledFor(world, spec, subject, room);
      describe(
        spec,
        { ...input, extras, room, memory, scaled, cost, tickMs: plan.probes.tickMs, snapshotWay },
        plan,
        subject,
        write,
      );
    }
    write("\nNothing was touched.\n");
  } finally {
    await world.close();
  }
}

/** The user's own as it stands, the drill's as it would be. */
function scaledFor(
  world: World,
  spec: DrillSpec,
  subject: Subject | null,
  room: PlanInput["room"],
): Promise<Scaled | null> {
  if (spec.measures === undefined) return Promise.resolve(null);
  if (subject !== null) return restingOwn(world, subject);
  const extra = extrasOf(spec, room).find(({ name }) => name === spec.measures);
  return Promise.resolve(extra?.kind === "scaled-app" ? scaledAsDeclared(demoNamespace, extra) : null);
}

/** Stands in for what a run measures. */
const assumedCost = {
  perRequest: 0.0005,
  idleCores: 0,
  source: "assumed for the dry run; a run measures it first",
};

function describe(
  spec: DrillSpec,
  input: PlanInput,
  choices: Pick<Plan, "into" | "snapshotClass">,
  subject: Subject | null,
  write: (text: string) => void,
): void {
  write(`\n${spec.id}: ${spec.title}\n`);
  const unmet = unmetNeed(spec.needs, input.topology, choices);
  if (unmet !== null) {
    write(`  unavailable: ${unmet}\n`);
    return;
  }
  let plan: ReturnType<DrillSpec["plan"]>;
  try {
    plan = subject === null ? spec.plan(input) : promisable(spec.plan(input), subject);
  } catch (error) {
    if (!(error instanceof KubedrillError)) throw error;
    write(`  nothing can be shown: ${error.message}\n`);
    return;
  }
  const { faults, onExtras = {}, prediction } = plan;
  for (const fault of [...Object.values(onExtras), ...Object.values(faults)]) {
    const kind = faultKind(fault.kind);
    write(`  breaks: ${kind.title(kind.args.parse(fault.args))}\n`);
  }
  for (const statement of prediction.statements) write(`${indent(statement)}\n`);
  for (const each of prediction.expectations) {
    const budget = each.budget === null ? "figure only" : `${each.budget.toPrecision(3)} ${each.unit}`;
    write(`  - ${each.title}: ${budget}\n${indent(each.why, 6)}\n`);
  }
}

/** Extras as they would be. */
function standIns(
  spec: DrillSpec,
  room: PlanInput["room"],
  input: Pick<PlanInput, "topology" | "workload">,
): PlanInput["extras"] {
  return extrasOf(spec, room).map((extra) => {
    const pods = placesOf(extra, input).map((machine, index) => ({
      name: podName(extra, machine, index),
      uid: "known at injection",
      machine,
    }));
    return { kind: extra.kind, name: extra.name, pods, memoryBytes: memoryOf(extra) };
  });
}

/** A DaemonSet is on every machine, a web application on the workers, any other where it is wished or somewhere. */
function placesOf(
  extra: Extra,
  { topology, workload }: Pick<PlanInput, "topology" | "workload">,
): (string | null)[] {
  const { machines } = topology;
  if (extra.kind === "daemon-set") return machines.map((each) => each.name);
  if (extra.kind === "web-app" || extra.kind === "scaled-app") {
    const workers = machines.filter((each) => each.role === "worker").map((each) => each.name);
    const length = extra.kind === "web-app" ? extra.replicas : 1;
    return Array.from({ length }, (_, index) => workers[index % workers.length] ?? null);
  }
  const on = "on" in extra ? extra.on : undefined;
  return on === undefined ? [null] : pickMachines(on, topology, workload.podsByMachine);
}

function podName(extra: Extra, machine: string | null, index: number): string {
  if (extra.kind === "daemon-set") return `${extra.name} pod of ${machine ?? ""}`;
  return extra.kind === "web-app" || extra.kind === "scaled-app"
    ? `pod ${String(index + 1)} of ${extra.name}`
    : extra.name;
}

function indent(text: string, by = 2): string {
  const margin = " ".repeat(by);
  return wrap(text, 80 - by)
    .map((line) => margin + line)
    .join("\n");
}
