// Putting back what a drill has changed, at its end. It must not throw: whatever was thrown before it is why the drill
// ended, and is what people must read.
import { messageOf } from "../base/errors.ts";
import { undoEntry } from "../safety/heal.ts";
import type { LedgerEntry } from "../safety/mutation.ts";
import type { Session } from "./session.ts";

/**
 * Undoes an entry. What cannot be undone stays in the ledger and is told in `session.unhealed`: the drill does not pass
 * then, and none follows.
 * @returns why it could not be undone; null: it is undone
 */
export async function putBack(
  { world, ledger, progress, unhealed }: Pick<Session, "world" | "ledger" | "progress" | "unhealed">,
  entry: LedgerEntry,
): Promise<string | null> {
  try {
    await undoEntry(world, ledger, entry);
    return null;
  } catch (error) {
    const why = messageOf(error);
    unhealed.push(why);
    progress.line(`COULD NOT HEAL: ${why} By hand: ${entry.byHand.join("; ")}`);
    return why;
  }
}
