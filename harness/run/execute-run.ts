// One run of a plan in this process: lock, heal what an earlier run left, drill, judge, write reports, exit code.
import { hostname } from "node:os";
import { join } from "node:path";
import { exitCodes, KubedrillError, messageOf } from "../base/errors.ts";
import type { LabFile } from "../lab/lab-file.ts";
import { checkIdentity } from "../lab/discover.ts";
import type { Subject } from "../lab/subject.ts";
import type { World } from "../lab/world.ts";
import { openWorld } from "../lab/open-world.ts";
import { healAll } from "../safety/heal.ts";
import { Ledger } from "../safety/ledger.ts";
import { acquireRunLock } from "../safety/lock.ts";
import { judgeRun } from "../verdict/judge-run.ts";
import { exitCodeOf } from "../verdict/exit-code.ts";
import { readTimeline } from "../timeline/read.ts";
import { restingOwn } from "../workloads/scaled.ts";
import { readOwn } from "../workloads/own.ts";
import { writeReports } from "../../reports/write.ts";
import { kubedrillVersion } from "../cli/version.ts";
import { interruptible } from "./interrupt.ts";
import { forgetSnapshots } from "./drill-snapshots.ts";
import { loadDrills } from "./load-drills.ts";
import type { Plan } from "./plan-file.ts";
import { makeRunDirectory } from "./run-directory.ts";
import { startRun } from "./start-run.ts";

export interface RunOrder {
  lab: LabFile;
  plan: Plan;
  out: string;
}

/** @returns the exit code @throws KubedrillError when nothing could be run */
export async function executeRun({ lab, plan, out }: RunOrder): Promise<number> {
  const lock = await acquireRunLock(lab.name, `run ${plan.name}`);
  try {
    const healed = await prepare(lab, plan);
    const directory = await makeRunDirectory(out, plan.name);
    const run = {
      seed: Date.now() % 1_000_000,
      kubedrillVersion,
      host: hostname(),
      arguments: process.argv.slice(2),
    };
    const interrupted = await interruptible(
      "Interrupted: healing what is broken, then stopping. Once more leaves it to `kubedrill heal`.",
      (signal) =>
        startRun({ runId: directory.id, runDirectory: directory.path, lab, plan, healed, run }, signal),
    );
    const code = await conclude(directory.path);
    if (new Ledger(lab.name).pending().length > 0) throw new Error("The drills have ended.");
    return interrupted ? exitCodes.interrupted : code;
  } catch (error) {
    throw unhealedFirst(lab, error);
  } finally {
    lock.release();
  }
}

/** Something left broken is worse than whatever else went wrong, and is what a person must read. */
function unhealedFirst(lab: LabFile, error: unknown): unknown {
  const left = new Ledger(lab.name).pending();
  if (left.length === 0) return error;
  const what = left.map((entry) => entry.kind).join(", ");
  return new KubedrillError("unhealed", `Not healed on ${lab.name}: ${what}. ${messageOf(error)}`, {
    cause: error,
    hint: `kubedrill heal, or by hand: ${left.flatMap((entry) => entry.byHand).join("; ")}`,
  });
}

/** The right lab, and nothing left broken by a run that died. @returns whether something had to be healed */
async function prepare(lab: LabFile, { own, drills }: Plan): Promise<boolean> {
  const world = await openWorld(lab);
  try {
    const ledger = new Ledger(lab.name);
    const left = ledger.pending().length > 0;
    if (left) {
      process.stdout.write("An earlier run left something broken; healing it first.\n");
      const { failed } = await healAll(world, ledger, {
        onProgress: (text) => process.stdout.write(`${text}\n`),
      });
      const [first] = failed;
      if (first !== undefined)
        throw new KubedrillError(
          "unhealed",
          `What an earlier run left cannot be healed: ${first.error.message}`,
          {
            hint: first.entry.byHand.join("; "),
          },
        );
      await forgetSnapshots({ world });
    }
    await checkIdentity(world);
    // Read again by the run itself; here it is refused before anything is made.
    if (own !== null) await refuseOwn(world, drills, await readOwn(world, own));
    return left;
  } finally {
    await world.close();
  }
}

/** @throws KubedrillError (usage) when one of the drills cannot be done to it */
async function refuseOwn(world: World, drills: readonly string[], subject: Subject): Promise<void> {
  const known = await loadDrills();
  if (drills.some((id) => known.get(id)?.measures !== undefined)) await restingOwn(world, subject);
}

async function conclude(path: string): Promise<number> {
  const store = await readTimeline(join(path, "timeline.jsonl"));
  const verdict = judgeRun(store);
  const files = await writeReports(path, store, verdict);
  process.stdout.write(`\n${files.terminal(process.stdout.isTTY)}\n\nreport: ${files.html}\n`);
  return exitCodeOf(verdict);
}
