// `kubedrill snapshot restore`: plan first, then the restore, proven before it counts; else the old data is served again.
import type { Command } from "commander";
import { randomBytes } from "node:crypto";
import { KubedrillError, messageOf } from "../base/errors.ts";
import { checkIdentity, checkMachines } from "../lab/discover.ts";
import { readClusterUid } from "../lab/read-topology.ts";
import type { World } from "../lab/world.ts";
import { planRestore, strategyIds } from "../recovery/restore/plan-restore.ts";
import { runbookOf } from "../recovery/restore/runbook.ts";
import { withAnsweringApi } from "../safety/answering-api.ts";
import { confirmed } from "./confirm.ts";
import { chosenLab, labOption, type LabChoice } from "./lab-option.ts";
import { positiveNumber } from "./numbers.ts";
import { restoreHere } from "./restore-here.ts";
import { chosenSnapshot, say, storeOf, withStore, type StoreChoice } from "./snapshot-remote.ts";
import { withWorld } from "./with-world.ts";

type RestoreOptions = LabChoice &
  StoreChoice & { strategy?: string; maxAge?: number; dryRun?: true; yes?: true; discardOld?: true };

export function registerRestore(snapshot: Command): void {
  withStore(snapshot.command("restore"))
    .argument("[name]", "name or folder of a snapshot; default: the newest")
    .description("put etcd back to a snapshot: everything written after it is lost")
    .option(...labOption)
    .option("--strategy <id>", `how; default: by the layout (${strategyIds.join(", ")})`)
    .option("--max-age <hours>", "older ones are refused", positiveNumber)
    .option("--dry-run", "print each command, and how to go back, for a person to follow; touch nothing")
    .option("--discard-old", "delete the old data once the restored is proven; default: it is kept")
    .option("--yes", "do not ask")
    .addHelpText("after", "\nExample: kubedrill snapshot restore --lab lab.yaml --dry-run")
    .action(async (name: string | undefined, options: RestoreOptions) => {
      const lab = await chosenLab(options);
      const chosen = await chosenSnapshot(storeOf({ ...options, name: lab.name }), name);
      await withWorld(lab, "snapshot restore", async (world) => {
        const clusterUid = await clusterOf(world);
        const id = randomBytes(4).toString("hex");
        const { maxAge: maxAgeHours } = options;
        const order = { snapshot: chosen, id, clusterUid, maxAgeHours };
        const { title, input, procedure } = await planRestore(world, order, options.strategy);
        const { revision } = chosen.sidecar.etcd;
        say(`${chosen.name}, revision ${String(revision)}; ${title}`);
        if (options.dryRun === true) {
          process.stdout.write(`\n${runbookOf(procedure)}\nNothing was touched.\n`);
          return;
        }
        const warning = `This stops the control planes of ${lab.name} and puts etcd back to ${chosen.sidecar.takenAt}: whatever was written later is lost.\n`;
        await confirmed(lab, warning, options.yes === true);
        await restoreHere(world, input, procedure, options.discardOld === true);
      });
    });
}

/** @returns null when the API does not answer and the lab file does not name the cluster */
async function clusterOf(world: World): Promise<string | null> {
  try {
    const answering = await withAnsweringApi(world, { timeoutMs: 10_000 });
    await checkIdentity(answering);
    return await readClusterUid(answering);
  } catch (error) {
    if (error instanceof KubedrillError && error.kind === "usage") throw error;
    await checkMachines(world);
    say(`the API does not answer (${messageOf(error)})`);
    return world.file.identity?.clusterUid ?? null;
  }
}
