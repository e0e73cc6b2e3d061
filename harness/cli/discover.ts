// `kubedrill discover`: layout and settings of a lab as predictions will use them, each with its source.
import type { Command } from "commander";
import { stringify } from "yaml";
import { discover } from "../lab/discover.ts";
import { openWorld } from "../lab/open-world.ts";
import { chosenLab, labOption, nameOption, type LabChoice } from "./lab-option.ts";

export function registerDiscover(program: Command): void {
  program
    .command("discover")
    .description("layout and settings of a lab, as read from it")
    .option(...labOption)
    .option(...nameOption)
    .option("--json", "as JSON")
    .addHelpText("after", "\nExample: kubedrill discover --lab lab.yaml")
    .action(async (options: LabChoice & { json?: true }) => {
      const world = await openWorld(await chosenLab(options));
      try {
        const found = await discover(world);
        process.stdout.write(
          options.json === true ? `${JSON.stringify(found, null, 2)}\n` : stringify(found),
        );
      } finally {
        await world.close();
      }
    });
}
