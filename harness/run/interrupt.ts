// Ctrl-C, SIGTERM, or a terminal that is closed, while something is broken: the first asks the run to heal and stop, the
// second ends the process and leaves healing to `kubedrill heal`; the ledger knows what.
import { performance } from "node:perf_hooks";
import { exitCodes } from "../base/errors.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** One wish to stop arrives several times: from the terminal or `timeout` to the whole group, and passed on by npm. */
const sameWishMs = 2000;

/** @returns whether it was interrupted */
export async function interruptible(
  notice: string,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const abort = new AbortController();
  let firstMs = 0;
  const onSignal = () => {
    if (abort.signal.aborted) {
      if (performance.now() - firstMs > sameWishMs) process.exit(exitCodes.interrupted);
      return;
    }
    firstMs = performance.now();
    process.stderr.write(`\n${notice}\n`);
    abort.abort(new Error("interrupted"));
  };
  for (const signal of signals) process.on(signal, onSignal);
  try {
    await work(abort.signal);
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
  return abort.signal.aborted;
}
