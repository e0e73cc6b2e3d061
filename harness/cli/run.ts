// `kubedrill run`: from names to verdict, with everything refused that can be refused before the lab is touched.
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { runsDir } from "../base/paths.ts";
import { usageError } from "../base/errors.ts";
import { dryRun } from "../run/dry-run.ts";
import { loadDrills } from "../run/load-drills.ts";
import { planOf, readPlan, type Plan } from "../run/plan-file.ts";
import { executeRun } from "../run/execute-run.ts";
import { confirmBreaking } from "./confirm.ts";
import { chosenLab, labOption, nameOption, type LabChoice } from "./lab-option.ts";

interface RunOptions extends LabChoice {
  plan?: string;
  repeat: number;
  full?: true;
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
    .option("--full", "stages of a load send as many requests as they name, however small the lab")
    .option("--dry-run", "print targets and predictions, touch nothing")
    .option("--yes", "do not ask before breaking a lab that is not the embedded one")
    .option("--out <dir>", "where run directories are made (default: .kubedrill/runs)")
    .addHelpText("after", "\nExample: kubedrill run control-plane/lose-two --dry-run")
    .action(async (drills: string[], options: RunOptions) => {
      const chosen = await chosenPlan(drills, options.plan);
      const plan = options.full === true ? { ...chosen, full: true } : chosen;
      const lab = await chosenLab(options);
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

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1000)
    throw new InvalidArgumentError("a whole number from 1 to 1000");
  return value;
}
