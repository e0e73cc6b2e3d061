// Where snapshots are kept off this host, as the command line says it, and the two verbs that move them.
import type { Command } from "commander";
import { isAbsolute, join, resolve } from "node:path";
import { usageError } from "../base/errors.ts";
import { checkRecipients, identitiesIn } from "../recovery/remote/age.ts";
import { s3Target } from "../recovery/remote/credentials.ts";
import { pullSnapshot, pushSnapshot } from "../recovery/remote/move.ts";
import { S3Store } from "../recovery/remote/s3.ts";
import {
  listSnapshots,
  readSnapshot,
  snapshotsDir,
  type StoredSnapshot,
} from "../recovery/snapshot/sidecar.ts";

export interface StoreChoice {
  name: string;
  store?: string;
}

export interface RemoteChoice {
  remote?: string;
  endpoint?: string;
  region: string;
  credentials?: string;
}

const storeOption = ["--store <folder>", "where snapshots are kept on this host"] as const;

export function withStore(command: Command): Command {
  return command.option("--name <name>", "name of the lab", "kubedrill").option(...storeOption);
}

export function withRemote(command: Command): Command {
  return command
    .option("--remote <place>", "an S3-compatible store: s3://bucket/prefix")
    .option("--endpoint <url>", "its address; default: Amazon's of the region")
    .option("--region <name>", "its region", "us-east-1")
    .option(
      "--credentials <file>",
      "key pair as Amazon's tools keep it, mode 0600; default: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    );
}

/** Null: no store is named. @throws KubedrillError (usage) */
export async function remoteStore(choice: RemoteChoice): Promise<S3Store | null> {
  const { remote, endpoint, region, credentials } = choice;
  if (remote === undefined) {
    if (endpoint !== undefined || credentials !== undefined)
      throw usageError("--endpoint and --credentials say how a store is reached; --remote says which.", {
        hint: "for example --remote s3://backups/lab",
      });
    return null;
  }
  return new S3Store(await s3Target({ remote, endpoint, region, credentials }, process.env));
}

export function storeOf({ name, store }: StoreChoice): string {
  return store === undefined ? snapshotsDir(name) : resolve(store);
}

/** By name or folder; the newest without either. @throws KubedrillError (usage) when there is none */
export async function chosenSnapshot(store: string, name: string | undefined): Promise<StoredSnapshot> {
  if (name !== undefined) return readSnapshot(isAbsolute(name) ? name : join(store, name));
  const newest = (await listSnapshots(store)).at(-1);
  if (newest === undefined)
    throw usageError(`There is no snapshot in ${store}.`, { hint: "kubedrill snapshot save takes one" });
  return newest;
}

export function registerPush(snapshot: Command): void {
  withRemote(withStore(snapshot.command("push")))
    .argument("[name]", "name or folder of a snapshot; default: the newest")
    .description("send one to a store off this host; goes on where it was broken off")
    .option("--recipient <key...>", "encrypt it for these public keys of age (age1…)")
    .addHelpText(
      "after",
      "\nExample: kubedrill snapshot push --remote s3://backups/lab --endpoint https://s3.example.org --recipient age1…",
    )
    .action(
      async (name: string | undefined, options: StoreChoice & RemoteChoice & { recipient?: string[] }) => {
        const recipients = options.recipient ?? [];
        checkRecipients(recipients);
        const remote = await neededStore(options);
        try {
          const chosen = await chosenSnapshot(storeOf(options), name);
          if (recipients.length === 0)
            say("It is sent as it is: whoever can read the store has every secret of the cluster.");
          const sent = await pushSnapshot(remote, chosen, recipients, { onProgress: say });
          process.stdout.write(`${chosen.name}: ${String(sent)} files sent to ${options.remote ?? ""}\n`);
        } finally {
          remote.close();
        }
      },
    );
}

export function registerPull(snapshot: Command): void {
  withRemote(withStore(snapshot.command("pull")))
    .argument("<name>", "as `snapshot list --remote …` shows it")
    .description("fetch one from a store to this host")
    .option("--identity <file>", "secret key of age, mode 0600, for one that is encrypted")
    .addHelpText("after", "\nExample: kubedrill snapshot pull 2026-03-02T060000Z --remote s3://backups/lab")
    .action(async (name: string, options: StoreChoice & RemoteChoice & { identity?: string }) => {
      if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) throw usageError(`${name} is no name of a snapshot.`);
      const identities = options.identity === undefined ? [] : await identitiesIn(options.identity);
      const remote = await neededStore(options);
      try {
        const { folder } = await pullSnapshot(remote, name, storeOf(options), identities, {
          onProgress: say,
        });
        process.stdout.write(`snapshot: ${folder}\n`);
      } finally {
        remote.close();
      }
    });
}

async function neededStore(choice: RemoteChoice): Promise<S3Store> {
  const store = await remoteStore(choice);
  if (store === null)
    throw usageError("No store is named.", { hint: "for example --remote s3://backups/lab" });
  return store;
}

export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
