// Taking away what a drill has made is tried at its end, and never fails it.
import { messageOf } from "../base/errors.ts";
import type { Session } from "./session.ts";

/** What cannot be taken away now goes with the namespace at the end of the run. */
export async function leaveNothing(
  { progress }: Pick<Session, "progress">,
  takeAway: () => Promise<void>,
): Promise<void> {
  await takeAway().catch((error: unknown) => {
    progress.line(`left for the end of the run: ${messageOf(error)}`);
  });
}
