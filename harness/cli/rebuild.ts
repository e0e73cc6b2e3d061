// `kubedrill rebuild`: the quorum is lost for good; the control plane that is left becomes the cluster, with its own data.
import type { Command } from "commander";
import { randomBytes } from "node:crypto";
import { usageError } from "../base/errors.ts";
import { checkMachines } from "../lab/discover.ts";
import type { World } from "../lab/world.ts";
import { rejoining } from "../recovery/restore/rejoin.ts";
import { runbookOf, stagesByHand } from "../recovery/restore/runbook.ts";
import { leaderless, survivorInput } from "../recovery/restore/survivor-input.ts";
import { survivorPlan } from "../recovery/restore/survivor.ts";
import { confirmed } from "./confirm.ts";
import { chosenLab, labOption, nameOption, type LabChoice } from "./lab-option.ts";
import { restoreHere } from "./restore-here.ts";
import { say } from "./snapshot-remote.ts";
import { withWorld } from "./with-world.ts";

type RebuildOptions = LabChoice & { lost: string[]; dryRun?: true; yes?: true; discardOld?: true };

/** An election time-out, many times. */
const leaderlessMs = 30_000;

export function registerRebuild(program: Command): void {
  program
    .command("rebuild")
    .description("make the one control plane that is left the cluster, when all others never come back")
    .requiredOption("--lost <machine...>", "control planes that are lost; all but one")
    .option(...labOption)
    .option(...nameOption)
    .option("--dry-run", "print each command, and how to go back, for a person to follow; touch nothing")
    .option("--discard-old", "delete the old data once the rebuilt is proven; default: it is kept")
    .option("--yes", "do not ask")
    .addHelpText("after", "\nExample: kubedrill rebuild --lab lab.yaml --lost cp2 cp3 --dry-run")
    .action(async (options: RebuildOptions) => {
      const lab = await chosenLab(options);
      await withWorld(lab, "rebuild", async (world) => {
        await checkMachines(world, options.lost);
        const survivor = await survivorInput(world, {
          id: randomBytes(4).toString("hex"),
          lost: options.lost,
        });
        const procedure = survivorPlan(survivor.input);
        const { machine, revision } = survivor.view;
        say(`${machine} is left; its data ends at revision ${String(revision)}`);
        const joining = rejoining(survivor.input);
        if (options.dryRun === true) {
          const back = joining.map((each) => `\n${each.machine}:\n${stagesByHand(each.stages)}`).join("");
          process.stdout.write(
            `\n${runbookOf(procedure)}\nIf lost machines come back all the same, one after the other, each only when the one before has joined:\n${back}\nNothing was touched.\n`,
          );
          return;
        }
        await areOff(world, options.lost);
        await leaderless(world, survivor, { timeoutMs: leaderlessMs });
        const warning = `This makes ${machine} the whole cluster of ${lab.name}: what only ${options.lost.join(" and ")} knew is lost for good, and they must never be powered on again as they are.\n`;
        await confirmed(lab, warning, options.yes === true);
        await restoreHere(world, survivor.input, procedure, options.discardOld === true);
        process.stdout.write(
          `${options.lost.join(" and ")} must not be powered on as they are: two of them on their old data would be a second cluster; --dry-run shows how they join\n`,
        );
      });
    });
}

/** Rebuilding without machines that live makes two clusters of one. @throws KubedrillError (usage) naming those */
async function areOff(world: World, lost: readonly string[]): Promise<void> {
  const states = await Promise.all(
    lost.map(async (name) => ({ name, state: await world.machine(name).power.status() })),
  );
  const on = states.filter(({ state }) => state === "running" || state === "frozen");
  if (on.length > 0)
    throw usageError(
      `${on.map(({ name, state }) => `${name} is ${state}`).join(", ")}: rebuilding without it would make two clusters of one. Nothing was touched.`,
      { hint: "power it off for good first, or leave it to come back: then nothing needs to be rebuilt" },
    );
}
