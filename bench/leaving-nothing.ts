// A bench makes labs of its own, and nobody wants them afterwards: not when it is ended by Ctrl-C or a time limit either.
import { exitCodes } from "../harness/base/errors.ts";
import { interruptible } from "../harness/run/interrupt.ts";

/**
 * Does the work and removes what it made. On SIGINT or SIGTERM the work is left, what it made is removed at once (a lab
 * that is just coming up, when it is up), and the process ends with the exit code of an interruption.
 */
export async function leavingNothing(work: () => Promise<void>, remove: () => Promise<void>): Promise<void> {
  const interrupted = await interruptible("Interrupted: removing what was made.", async (signal) => {
    const left = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => {
        resolve();
      });
    });
    try {
      await Promise.race([work(), left]);
    } finally {
      await remove();
    }
  });
  // The work may still wait for what is no more.
  if (interrupted) process.exit(exitCodes.interrupted);
}
