// A restore by a command: in the ledger first, told step by step, and put together whatever becomes of it.
import { KubedrillError } from "../base/errors.ts";
import type { World } from "../lab/world.ts";
import { carryOut } from "../recovery/restore/carry-out.ts";
import type { ClusterInput, Procedure } from "../recovery/restore/procedure.ts";
import { restore, type RestoreEnd, type RestoreHooks } from "../recovery/restore/restore.ts";
import { interruptible } from "../run/interrupt.ts";
import { withAnsweringApi } from "../safety/answering-api.ts";
import { undoEntry } from "../safety/heal.ts";
import { Ledger } from "../safety/ledger.ts";
import { wayBackEntry } from "../safety/way-back.ts";
import { say } from "./snapshot-remote.ts";

/**
 * @param discardOld the old data is deleted once the restored is proven
 * @throws KubedrillError (inconclusive, interrupted) when it is not restored; it says which data is served then
 */
export async function restoreHere(
  world: World,
  input: ClusterInput,
  procedure: Procedure,
  discardOld: boolean,
): Promise<void> {
  const ledger = new Ledger(world.file.name);
  const entry = wayBackEntry({ id: `restore/${input.id}`, runId: "", drill: "" }, procedure.wayBack);
  const ends: RestoreEnd[] = [];
  ledger.open(entry);
  const interrupted = await interruptible("Interrupted: putting the cluster together.", async (signal) => {
    ends.push(await restore(world, { input, procedure }, tellingHooks(signal)));
  });
  const { why, counts } = ends[0] ?? { why: "it was broken off", counts: false };
  if (why !== null) {
    say(`NOT restored: ${why}`);
    say(counts ? "clients have been given the restored data, so it stays" : "going back to the old data");
  }
  if (why !== null || discardOld) await undoEntry(world, ledger, entry);
  else {
    await carryOut(world, [procedure.keepOld], tellingHooks(new AbortController().signal));
    ledger.close(entry.id);
  }
  if (why !== null)
    throw new KubedrillError(
      interrupted ? "interrupted" : "inconclusive",
      counts
        ? `The restored data is served, but not as it should be: ${why}`
        : `Not restored, the old data is served again: ${why}`,
    );
  await withAnsweringApi(world, { timeoutMs: 120_000 });
  const folders = procedure.kept.map(
    (each) => `  on ${each.machine}: rm -rf ${each.path.replace(/\/[^/]*$/, "")}\n`,
  );
  const left =
    discardOld || folders.length === 0 ? "" : `The old data is kept; to delete it:\n${folders.join("")}`;
  process.stdout.write(`restored; the API serves again\n${left}`);
}

function tellingHooks(signal: AbortSignal): RestoreHooks {
  return {
    signal,
    onPhase: () => undefined,
    onPhaseEnd: () => undefined,
    onStart: ({ phase, title }) => {
      say(`${phase}: ${title}`);
    },
    onEnd: () => undefined,
    onProof: ({ views, hashedAt, wrong }) => {
      const [first] = views;
      if (wrong.length === 0)
        say(
          `proven: ${String(views.length)} members, one cluster, hash ${first?.hash ?? ""} at revision ${String(hashedAt)}`,
        );
    },
  };
}
