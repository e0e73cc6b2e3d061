// `kubedrill dump` and `restore-objects`: everything that is declared as files, and back into this or a new cluster.
import type { Command } from "commander";
import { resolve } from "node:path";
import { inconclusiveError, usageError } from "../base/errors.ts";
import { checkIdentity } from "../lab/discover.ts";
import type { LabFile } from "../lab/lab-file.ts";
import type { World } from "../lab/world.ts";
import { dumpObjects, type SecretsChoice } from "../recovery/objects/dump.ts";
import { readDump } from "../recovery/objects/dump-files.ts";
import { restoreObjects, type RestoredObjects } from "../recovery/objects/restore-objects.ts";
import { checkRecipients, identitiesIn } from "../recovery/remote/age.ts";
import { confirmed } from "./confirm.ts";
import { chosenLab, labOption, nameOption, type LabChoice } from "./lab-option.ts";
import { say } from "./snapshot-remote.ts";
import { withWorld } from "./with-world.ts";

type DumpOptions = LabChoice & { recipient?: string[]; plainSecrets?: true; namespace?: string[] };

export function registerDump(program: Command): void {
  program
    .command("dump")
    .argument("<folder>", "where to; must not be there yet")
    .description("write every declared object into a file of its own, without what controllers make")
    .option(...labOption)
    .option(...nameOption)
    .option("--namespace <name...>", "only objects in these")
    .option("--recipient <key...>", "with Secrets, encrypted for these public keys of age (age1…)")
    .option("--plain-secrets", "with Secrets as they are; default: without them")
    .addHelpText("after", "\nExample: kubedrill dump backups/today --recipient age1…")
    .action(async (folder: string, options: DumpOptions) => {
      const secrets = secretsOf(options);
      const { namespace: namespaces } = options;
      await onLab(await chosenLab(options), "dump", async (world) => {
        const dumped = await dumpObjects(world, {
          out: resolve(folder),
          secrets,
          namespaces,
          onProgress: say,
        });
        const omitted =
          dumped.secretsOmitted === 0 ? "" : `, ${String(dumped.secretsOmitted)} Secrets left out`;
        process.stdout.write(
          `${String(dumped.objects)} objects in ${resolve(folder)}; ${String(dumped.derived)} that the cluster makes by itself are not${omitted}\n`,
        );
      });
    });
}

type RestoreOptions = LabChoice & { identity?: string; force?: true; dryRun?: true; yes?: true };

export function registerRestoreObjects(program: Command): void {
  program
    .command("restore-objects")
    .argument("<folder>", "a dump")
    .description(
      "make the objects of a dump in this or another cluster; what is different is told, not overwritten",
    )
    .option(...labOption)
    .option(...nameOption)
    .option("--identity <file>", "for encrypted Secrets: secret key of age, mode 0600")
    .option("--force", "overwrite what is different")
    .option("--dry-run", "only tell what would be done")
    .option("--yes", "do not ask")
    .addHelpText("after", "\nExample: kubedrill restore-objects backups/today --lab new.yaml --dry-run")
    .action(async (folder: string, options: RestoreOptions) => {
      const identities = options.identity === undefined ? [] : await identitiesIn(options.identity);
      const { index, objects } = await readDump(resolve(folder), identities);
      const lab = await chosenLab(options);
      const [force, dryRun] = [options.force === true, options.dryRun === true];
      if (!dryRun)
        await confirmed(
          lab,
          `This makes ${String(objects.length)} objects of ${index.lab}, as of ${index.takenAt}, in ${lab.name}${force ? ", and overwrites those that are different" : ""}.\n`,
          options.yes === true,
        );
      await onLab(lab, "restore-objects", async (world) => {
        report(await restoreObjects(world.kube.main, objects, { force, dryRun, onProgress: say }), dryRun);
      });
    });
}

function secretsOf({ recipient, plainSecrets }: DumpOptions): SecretsChoice {
  if (recipient !== undefined && plainSecrets === true)
    throw usageError(
      "Secrets are either encrypted or plain: --recipient and --plain-secrets exclude each other.",
    );
  if (plainSecrets === true) return { kind: "plain" };
  if (recipient === undefined) return { kind: "omit" };
  checkRecipients(recipient);
  return { kind: "encrypt", recipients: recipient };
}

/** Where the cluster is the one that the lab file means. */
function onLab(lab: LabFile, what: string, body: (world: World) => Promise<void>): Promise<void> {
  return withWorld(lab, what, async (world) => {
    await checkIdentity(world);
    await body(world);
  });
}

/** @throws KubedrillError (inconclusive) when something is not as in the dump */
function report(done: RestoredObjects, dryRun: boolean): void {
  const { created, same, overwritten, different, failed, nodesMissing } = done;
  for (const each of different) process.stdout.write(`different, left as it is: ${each}\n`);
  for (const each of nodesMissing) process.stdout.write(`not there: ${each}; machines join by themselves\n`);
  for (const { object, why } of failed) process.stdout.write(`NOT restored: ${object}: ${why}\n`);
  const would = dryRun ? "would be " : "";
  process.stdout.write(
    `${String(created.length)} ${would}created, ${String(overwritten.length)} ${would}overwritten, ${String(same)} the same, ${String(different.length)} different, ${String(failed.length)} failed\n`,
  );
  if (failed.length > 0)
    throw inconclusiveError(`${String(failed.length)} objects could not be restored.`, {
      hint: "they are named above, with the API's reason",
    });
  if (different.length > 0)
    throw inconclusiveError(
      `${String(different.length)} objects are different here and were left as they are.`,
      {
        hint: "--force overwrites them",
      },
    );
}
