// `kubedrill heal`: puts back whatever the ledger says is broken. Needs no API server and no run.
import type { Command } from "commander";
import { KubedrillError } from "../base/errors.ts";
import { forgetSnapshots } from "../run/drill-snapshots.ts";
import { healAll } from "../safety/heal.ts";
import { labsWithPending, Ledger } from "../safety/ledger.ts";
import { chosenLab, labOption, nameOption, type LabChoice } from "./lab-option.ts";
import { withWorld } from "./with-world.ts";

export function registerHeal(program: Command): void {
  program
    .command("heal")
    .description("put back everything that a run left broken")
    .option(...labOption)
    .option(...nameOption)
    .addHelpText("after", "\nExample: kubedrill heal --lab lab.yaml")
    .action(async (options: LabChoice) => {
      const lab = await chosenLab(options);
      await withWorld(lab, "heal", async (world) => {
        const ledger = new Ledger(lab.name);
        if (ledger.pending().length === 0) {
          process.stdout.write(`Nothing of ${lab.name} is left broken.\n`);
          tellOthers(lab.name);
          return;
        }
        const { healed, failed } = await healAll(world, ledger, {
          onProgress: (text) => process.stdout.write(`${text}\n`),
        });
        process.stdout.write(`healed ${String(healed.length)}, not healed ${String(failed.length)}\n`);
        tellOthers(lab.name);
        const [first] = failed;
        // Snapshots of a drill that was ended hard hold the cluster's secrets; one may be needed as long as something is left.
        if (first === undefined) await forgetSnapshots({ world });
        else
          throw new KubedrillError(
            "unhealed",
            `${first.entry.kind} could not be healed: ${first.error.message}`,
            {
              hint: first.entry.byHand.join("; "),
            },
          );
      });
    });
}

/** A drill may have made something on another lab as well. */
function tellOthers(lab: string): void {
  for (const each of labsWithPending().filter((name) => name !== lab))
    process.stdout.write(`Something of ${each} is left to heal too: kubedrill heal --name ${each}\n`);
}
