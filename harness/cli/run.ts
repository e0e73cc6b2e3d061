// `kubedrill run`: from names to verdict, with everything refused that can be refused before the lab is touched.
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { runsDir } from "../base/paths.ts";
import { usageError } from "../base/errors.ts";
import { readLabFile } from "../lab/lab-file.ts";
import { dryRun } from "../run/dry-run.ts";
import { loadDrills } from "../run/load-drills.ts";
import { planOf, readPlan, type Plan } from "../run/plan-file.ts";
import { executeRun } from "../run/execute-run.ts";
import { confirmBreaking } from "./confirm.ts";
import { chosenLab, labFileOf, labOption, nameOption, type LabChoice } from "./lab-option.ts";

interface RunOptions extends LabChoice {
  plan?: string;
  repeat: number;
  full?: true;
  failOnSaturation?: true;
  maxRate?: number;
  selector?: string;
  namespace?: string;
  path?: string;
  into?: string;
  snapshotClass?: string;
  dryRun?: true;
  yes?: true;
  out?: string;
}

export function registerRun(program: Command): void {
  program
    .command("run")
    .description("run drills and judge them")
    .argument("[drill...]", "ids as in `kubedrill list`; instead of a plan")
    .option("--plan <plan>", "a built-in plan by name, or a plan file (default: first)")
    .option(...labOption)
    .option(...nameOption)
    .option("--repeat <n>", "run the plan so many times", positiveInteger, 1)
    .option("--selector <labels>", "a workload of yours instead of the demo, by its pods' labels: app=shop")
    .option("--namespace <name>", "where that workload is (default: default)")
    .option("--path <path>", "what is asked of that workload over HTTP (default: its Ingress' path)")
    .option("--into <lab>", "another lab to restore into: name of an embedded one, or a lab file")
    .option("--snapshot-class <name>", "a VolumeSnapshotClass (default: the cluster's own default)")
    .option("--full", "stages of a load send as many requests as they name, however small the lab")
    .option("--max-rate <n>", "most requests a second that a stage of a load sends", positiveInteger)
    .option("--fail-on-saturation", "pods that find no room under load are a failure, not a finding")
    .option("--dry-run", "print targets and predictions, touch nothing")
    .option("--yes", "do not ask before breaking a lab that is not the embedded one")
    .option("--out <dir>", "where run directories are made (default: .kubedrill/runs)")
    .addHelpText(
      "after",
      "\nExamples:\n  kubedrill run control-plane/lose-two --dry-run\n  kubedrill run workloads/delete-pod --selector app=shop --namespace shop",
    )
    .action(async (drills: string[], options: RunOptions) => {
      const plan = withChoices(await chosenPlan(drills, options.plan), options);
      if (plan.own !== null) await refuseOthers(plan);
      const lab = await chosenLab(options);
      if (plan.into !== null) await readLabFile(plan.into);
      if (options.dryRun === true) {
        await dryRun(lab, plan, (text) => process.stdout.write(text));
        return;
      }
      await confirmBreaking(lab, plan, options.yes === true);
      for (let round = 1; round <= options.repeat; round += 1) {
        if (options.repeat > 1)
          process.stdout.write(`\nround ${String(round)} of ${String(options.repeat)}\n`);
        const code = await executeRun({ lab, plan, out: options.out ?? runsDir() });
        process.exitCode = Math.max(Number(process.exitCode ?? 0), code);
        if (code >= 4) return;
      }
    });
}

function withChoices(plan: Plan, options: RunOptions): Plan {
  const { full, failOnSaturation, maxRate, selector, namespace, path, into, snapshotClass } = options;
  const whole = {
    ...plan,
    ...(full === true ? { full } : {}),
    ...(failOnSaturation === true ? { failOnSaturation } : {}),
    ...(maxRate === undefined ? {} : { maxRateHz: maxRate }),
    ...(into === undefined ? {} : { into: labFileOf(into) }),
    ...(snapshotClass === undefined ? {} : { snapshotClass }),
  };
  if (selector === undefined) {
    if (namespace === undefined && path === undefined) return whole;
    throw usageError("--namespace and --path say more of a workload of yours; --selector says which it is.", {
      hint: "kubedrill run workloads/delete-pod --selector app=shop --namespace shop",
    });
  }
  if (path !== undefined && !path.startsWith("/"))
    throw usageError(`--path ${path} is no path; it begins with a slash.`);
  return { ...whole, own: { namespace: namespace ?? "default", selector, path: path ?? null } };
}

async function chosenPlan(drills: string[], name: string | undefined): Promise<Plan> {
  if (drills.length > 0 && name !== undefined)
    throw usageError("Name drills or a plan, not both.", { hint: "kubedrill list shows both" });
  const plan = drills.length > 0 ? planOf(drills) : await readPlan(name ?? "first");
  const known = await loadDrills();
  const unknown = plan.drills.find((id) => !known.has(id));
  if (unknown !== undefined)
    throw usageError(`There is no drill ${unknown}; drills: ${[...known.keys()].join(", ")}.`, {
      hint: "kubedrill list says what each does",
    });
  return plan;
}

/** Drills that live from workloads of their own making have nothing to look at on somebody else's. */
async function refuseOthers(plan: Plan): Promise<void> {
  const known = await loadDrills();
  const unfit = plan.drills.filter((id) => known.get(id)?.own !== true);
  if (unfit.length === 0) return;
  const fit = [...known].filter(([, spec]) => spec.own === true).map(([id]) => id);
  throw usageError(
    `With --selector ${unfit.join(", ")} cannot be run: they need workloads of their own making.`,
    {
      hint: `drills that take a workload of yours: ${fit.join(", ")}`,
    },
  );
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1000)
    throw new InvalidArgumentError("a whole number from 1 to 1000");
  return value;
}
