// `kubedrill start` (= `npm start`): the embedded lab up, the first plan run, the report's place said.
import type { Command } from "commander";
import { join } from "node:path";
import { labUpWithProgress } from "./lab.ts";
import { labDir, runsDir } from "../base/paths.ts";
import { readLabFile } from "../lab/lab-file.ts";
import { executeRun } from "../run/execute-run.ts";
import { readPlan } from "../run/plan-file.ts";

export function registerStart(program: Command): void {
  program
    .command("start")
    .description("bring the embedded lab up, run the plan `first`, say where the report is")
    .option("--name <name>", "name of the embedded lab", "kubedrill")
    .option("--plan <plan>", "another plan", "first")
    .addHelpText("after", "\nExample: npm start")
    .action(async (options: { name: string; plan: string }) => {
      const plan = await readPlan(options.plan);
      await labUpWithProgress({ name: options.name });
      const lab = await readLabFile(join(labDir(options.name), "lab.yaml"));
      process.exitCode = await executeRun({ lab, plan, out: runsDir() });
    });
}
