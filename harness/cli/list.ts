// `kubedrill list`: the drills and the plans that there are.
import type { Command } from "commander";
import { loadDrills } from "../run/load-drills.ts";
import { planNames, readPlan } from "../run/plan-file.ts";
import { wrap } from "../run/progress.ts";

export function registerList(program: Command): void {
  program
    .command("list")
    .description("the drills and plans that there are")
    .option("--json", "as JSON")
    .addHelpText("after", "\nExample: kubedrill list")
    .action(async (options: { json?: true }) => {
      const drills = [...(await loadDrills()).values()];
      const plans = await Promise.all((await planNames()).map((name) => readPlan(name)));
      if (options.json === true) {
        const listed = drills.map(({ id, title, note, needs }) => ({ id, title, note, needs }));
        process.stdout.write(`${JSON.stringify({ drills: listed, plans }, null, 2)}\n`);
        return;
      }
      for (const { id, title, note } of drills)
        process.stdout.write(
          `${[id, indented(title), ...(note === undefined ? [] : [indented(note)])].join("\n")}\n`,
        );
      process.stdout.write("\nplans\n");
      for (const plan of plans) {
        const text = `${plan.name}: ${plan.title} (${plan.drills.join(", ")})`;
        process.stdout.write(`${indented(text)}\n`);
      }
    });
}

function indented(text: string): string {
  return wrap(text, 76)
    .map((line) => `    ${line}`)
    .join("\n");
}
