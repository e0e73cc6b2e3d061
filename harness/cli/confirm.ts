// Breaking a cluster that is not our own lab needs a yes that names what will be broken.
import { createInterface } from "node:readline/promises";
import { usageError } from "../base/errors.ts";
import type { LabFile } from "../lab/lab-file.ts";
import type { Plan } from "../run/plan-file.ts";

/** @throws KubedrillError (usage) when the answer is not the lab's name, or there is nobody to ask */
export async function confirmBreaking(lab: LabFile, { own, drills }: Plan, yes: boolean): Promise<void> {
  const machines = lab.machines.map((each) => each.name).join(", ");
  const workload =
    own === null ? "" : `On your own workload: ${own.selector} in namespace ${own.namespace}.\n`;
  await confirmed(
    lab,
    `This will break machines of the lab ${lab.name} on purpose: ${machines}.\nDrills: ${drills.join(", ")}.\n${workload}`,
    yes,
  );
}

/** @param what is about to be done, in sentences with a line end @throws as `confirmBreaking` */
export async function confirmed(lab: LabFile, what: string, yes: boolean): Promise<void> {
  if (lab.embedded || yes) return;
  const machines = lab.machines.map((each) => each.name).join(", ");
  if (!process.stdin.isTTY)
    throw usageError(
      `The lab ${lab.name} (${machines}) is not an embedded one and nobody is there to confirm.`,
      {
        hint: "add --yes if it may be broken",
      },
    );
  process.stdout.write(what);
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await prompt.question(`Type the lab's name to go on: `);
  prompt.close();
  if (answer.trim() !== lab.name) throw usageError("Not confirmed; nothing was touched.");
}
