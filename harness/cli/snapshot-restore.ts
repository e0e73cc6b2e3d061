// `kubedrill snapshot restore`: plan first, then the restore, proven before it counts; else the old data is served again.
import type { Command } from "commander";
import { randomBytes } from "node:crypto";
import { KubedrillError, messageOf } from "../base/errors.ts";
import { checkIdentity, checkMachines } from "../lab/discover.ts";
import { openWorld } from "../lab/open-world.ts";
import { readClusterUid } from "../lab/read-topology.ts";
import type { World } from "../lab/world.ts";
import { carryOut } from "../recovery/restore/carry-out.ts";
import { preflight } from "../recovery/restore/preflight.ts";
import type { Procedure, RestoreInput } from "../recovery/restore/procedure.ts";
import { ownersOf, proveAndCommit, whyBroken } from "../recovery/restore/prove.ts";
import { runbookOf } from "../recovery/restore/runbook.ts";
import { chooseStrategy, strategyIds } from "../recovery/restore/strategies.ts";
import { interruptible } from "../run/interrupt.ts";
import { withAnsweringApi } from "../safety/answering-api.ts";
import { undoEntry } from "../safety/heal.ts";
import { Ledger } from "../safety/ledger.ts";
import { acquireRunLock } from "../safety/lock.ts";
import { wayBackEntry } from "../safety/way-back.ts";
import { confirmed } from "./confirm.ts";
import { chosenLab, labOption, type LabChoice } from "./lab-option.ts";
import { positiveNumber } from "./numbers.ts";
import { chosenSnapshot, say, storeOf, withStore, type StoreChoice } from "./snapshot-remote.ts";

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
      const lock = await acquireRunLock(lab.name, "snapshot restore");
      const world = await openWorld(lab);
      try {
        const clusterUid = await clusterOf(world);
        const id = randomBytes(4).toString("hex");
        const { maxAge: maxAgeHours } = options;
        const input = await preflight(world, { snapshot: chosen, id, clusterUid, maxAgeHours });
        const strategy = chooseStrategy(input, options.strategy);
        const procedure = strategy.plan(input);
        const { revision } = chosen.sidecar.etcd;
        say(`${chosen.name}, revision ${String(revision)}; ${strategy.title}`);
        if (options.dryRun === true) {
          process.stdout.write(`\n${runbookOf(procedure)}\nNothing was touched.\n`);
          return;
        }
        const warning = `This stops the control planes of ${lab.name} and puts etcd back to ${chosen.sidecar.takenAt}: whatever was written later is lost.\n`;
        await confirmed(lab, warning, options.yes === true);
        await restore(world, input, procedure, options.discardOld === true);
      } finally {
        await world.close();
        lock.release();
      }
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

async function restore(
  world: World,
  input: RestoreInput,
  procedure: Procedure,
  discardOld: boolean,
): Promise<void> {
  const ledger = new Ledger(world.file.name);
  const entry = wayBackEntry({ id: `restore/${input.id}`, runId: "", drill: "" }, procedure.wayBack);
  const owners = await ownersOf(world, input.places);
  const end = { interrupted: false, why: "" };
  ledger.open(entry);
  end.interrupted = await interruptible("Interrupted: going back to the old data.", async (signal) => {
    try {
      await carryOut(world, procedure.stages, {
        signal,
        onStart: ({ phase, title }) => {
          say(`${phase}: ${title}`);
        },
        onEnd: () => undefined,
      });
      const { wrong, views, hashedAt } = await proveAndCommit(world, input, owners, procedure, signal);
      end.why = wrong.join("; ");
      const hash = views[0]?.hash ?? "";
      if (end.why === "")
        say(`proven: ${String(views.length)} members, hash ${hash} at revision ${String(hashedAt)}`);
    } catch (error) {
      end.why = signal.aborted ? messageOf(error) : await whyBroken(world, input, owners, error);
    }
  });
  if (end.why !== "") {
    say(`NOT restored: ${end.why}`);
    say("going back to the old data");
    await undoEntry(world, ledger, entry);
    throw new KubedrillError(
      end.interrupted ? "interrupted" : "inconclusive",
      `Not restored, the old data is served again: ${end.why}`,
    );
  }
  if (discardOld) await undoEntry(world, ledger, entry);
  else ledger.close(entry.id);
  await withAnsweringApi(world, { timeoutMs: 120_000 });
  const kept = procedure.kept.map(
    (each) => `  on ${each.machine}: rm -rf ${each.path.replace(/\/[^/]*$/, "")}`,
  );
  process.stdout.write(
    `restored; the API serves again\n${discardOld ? "" : `The old data is kept; to delete it:\n${kept.join("\n")}\n`}`,
  );
}
