// Runs a request in a thread of this process through vitest, and reports what could not even be judged.
import { join } from "node:path";
import { Writable } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { BroadcastChannel } from "node:worker_threads";
import { createVitest, type Vitest } from "vitest/node";
import { KubedrillError, type ErrorKind } from "../base/errors.ts";
import { abortChannel, type RunRequest } from "./request.ts";

/**
 * For the thread of a run: V8 lets what is young fill 128 MiB before it looks at it, and all else grow far beyond what is
 * in use. On a cluster of 5,000 pods that was half of the memory.
 */
const frugal = ["--max-semi-space-size=16", "--heap-growing-percent=30"];

const root = join(import.meta.dirname, "..", "..");

/**
 * Resolves when every drill has ended and the session is closed; the timeline then says what happened.
 * @throws KubedrillError when the session could not be opened
 */
export async function startRun(request: RunRequest, signal: AbortSignal): Promise<void> {
  for (const each of frugal) setFlagsFromString(each);
  const channel = new BroadcastChannel(abortChannel);
  const tell = () => {
    channel.postMessage("abort");
  };
  signal.addEventListener("abort", tell);
  try {
    const vitest = await withoutSignalHandlers(() =>
      createVitest(
        {
          config: false,
          root,
          include: [
            join(import.meta.dirname, import.meta.filename.endsWith(".ts") ? "entry.ts" : "entry.js"),
          ],
          watch: false,
          pool: "threads",
          isolate: false,
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 0,
          hookTimeout: 0,
          teardownTimeout: 60_000,
          disableConsoleIntercept: true,
          reporters: [{}],
          provide: { kubedrill: request },
        },
        {},
        { stdout: kept(process.stdout), stderr: kept(process.stderr) },
      ),
    );
    await vitest.start();
    const errors = vitest.state
      .getTestModules()
      .flatMap((module) => [...module.errors()])
      .concat(vitest.state.getUnhandledErrors() as { message: string }[]);
    await vitest.close();
    const [first] = errors;
    if (first !== undefined) throw revived(first);
  } finally {
    signal.removeEventListener("abort", tell);
    channel.close();
  }
}

/**
 * Takes what the thread says, also when whoever reads it has left: a pipe that broke would take nothing from the thread
 * any more, and vitest waits for its last word.
 */
function kept(stream: NodeJS.WriteStream): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      stream.write(chunk);
      done();
    },
  });
}

/**
 * vitest ends the process on the first signal, whatever is broken at that moment; here a signal must heal first, and
 * interrupt.ts sees to that.
 */
async function withoutSignalHandlers(make: () => Promise<Vitest>): Promise<Vitest> {
  const signals = ["SIGINT", "SIGTERM"] as const;
  const own = new Set(signals.flatMap((signal) => process.listeners(signal)));
  const made = await make();
  for (const signal of signals)
    for (const listener of process.listeners(signal)) if (!own.has(listener)) process.off(signal, listener);
  return made;
}

/** Errors cross the thread as plain objects; kind and hint are kept. */
function revived(error: { message: string; [key: string]: unknown }): KubedrillError {
  const kinds: ErrorKind[] = ["usage", "inconclusive", "unhealed", "interrupted"];
  const kind = kinds.find((each) => each === error.kind) ?? "inconclusive";
  const hint = typeof error.hint === "string" ? { hint: error.hint } : {};
  return new KubedrillError(kind, error.message, hint);
}
