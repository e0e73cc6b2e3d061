// A shell on a machine through SSH. A lost connection is an error, never an exit code; every command has a limit.
import { createInterface } from "node:readline";
import type { ClientChannel } from "ssh2";
import { messageOf } from "../base/errors.ts";
import { commandError, tookLonger } from "./failure.ts";
import { boundedScript, leashedScript, quoted } from "./remote-script.ts";
import type { RunOptions, RunResult, Shell, StreamOptions } from "./shell.ts";
import { silenceGuard } from "./silence.ts";
import { SshPool, type Connection, type SshSpec } from "./ssh-pool.ts";

/** A connection that was not heard of for so long must answer first: its machine may have been off in between. */
const trustMs = 1000;
const proofLimitMs = 2000;

interface Ended {
  /** Undefined: the connection was lost before the command ended. */
  exitCode: number | undefined;
  /** Set when a signal ended the command. */
  killedBy: string | undefined;
}

export function sshShell(spec: SshSpec, machine: string): Shell {
  const pool = new SshPool(spec, machine);
  const asRoot = (wrapped: string) => `${spec.user === "root" ? "" : "sudo -n "}sh -c ${quoted(wrapped)}`;

  const run = async (
    script: string,
    options: RunOptions,
  ): Promise<{ exitCode: number; stdout: Buffer; stderr: string }> => {
    const limit = AbortSignal.timeout(options.timeoutMs);
    const signal = options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]);
    const fail = (how: string, extra: { output?: string; cause?: unknown } = {}) =>
      commandError({ machine, script, how, ...extra });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const attach = (channel: ClientChannel) => {
      channel.on("data", (chunk: Buffer) => stdout.push(chunk));
      channel.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
      channel.end(options.stdin ?? "");
    };
    let ended: Ended;
    try {
      ended = await withConnection(pool, signal, (connection) =>
        execute(connection, asRoot(boundedScript(script, options.timeoutMs)), signal, attach),
      );
    } catch (error) {
      options.signal?.throwIfAborted();
      if (limit.aborted) throw fail(tookLonger(options.timeoutMs), { cause: error });
      throw error;
    }
    const output = Buffer.concat(stderr.length > 0 ? stderr : stdout).toString();
    if (ended.killedBy !== undefined) throw fail(`was ended by ${ended.killedBy}`, { output });
    if (ended.exitCode === undefined) throw fail("was cut off: the connection was lost", { output });
    if (!(options.okExitCodes ?? [0]).includes(ended.exitCode))
      throw fail(`exited with ${String(ended.exitCode)}`, { output });
    return {
      exitCode: ended.exitCode,
      stdout: Buffer.concat(stdout),
      stderr: Buffer.concat(stderr).toString(),
    };
  };

  return {
    async run(script, options): Promise<RunResult> {
      const { exitCode, stdout, stderr } = await run(script, options);
      return { exitCode, stdout: stdout.toString(), stderr };
    },
    stream: (script, options) => stream(pool, machine, script, asRoot(leashedScript(script)), options),
    async readFile(path, options): Promise<Buffer> {
      return (await run(`cat -- ${quoted(path)}`, options)).stdout;
    },
    close(): Promise<void> {
      pool.close();
      return Promise.resolve();
    },
  };
}

async function stream(
  pool: SshPool,
  machine: string,
  script: string,
  command: string,
  options: StreamOptions,
): Promise<void> {
  const aborted = () => options.signal.aborted;
  if (aborted()) return;
  const silence = silenceGuard(options.silenceMs);
  const signal = AbortSignal.any([options.signal, silence.signal]);
  let lastWords = "";
  let ended: Ended;
  try {
    ended = await withConnection(pool, signal, (connection) =>
      execute(connection, command, signal, (channel) => {
        createInterface({ input: channel, crlfDelay: Infinity }).on("line", (line) => {
          if (aborted()) return;
          silence.heard();
          options.onLine(line);
        });
        channel.stderr.on("data", (chunk: Buffer) => {
          lastWords = (lastWords + chunk.toString()).slice(-2000);
        });
      }),
    );
  } catch (error) {
    if (aborted()) return;
    if (!silence.signal.aborted) throw error;
    const how = `said nothing for ${String(options.silenceMs / 1000)} s`;
    throw commandError({ machine, script, how, cause: error });
  } finally {
    silence.stop();
  }
  const how =
    ended.exitCode === undefined
      ? "was cut off: the connection was lost"
      : `ended by itself with ${String(ended.exitCode)}`;
  throw commandError({ machine, script, how, output: lastWords });
}

/** Hands over a connection that has just answered; a stale one is replaced, and nothing was run on it then. */
async function withConnection<T>(
  pool: SshPool,
  signal: AbortSignal,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  for (;;) {
    const taking = pool.take();
    const connection = await orAborted(taking, signal).catch((error: unknown) => {
      void taking.then(
        (late) => {
          pool.release(late);
        },
        () => undefined,
      );
      throw error;
    });
    try {
      if (performance.now() - connection.heardAt <= trustMs || (await isAlive(connection, signal)))
        return await use(connection);
      signal.throwIfAborted();
      pool.retire(connection);
    } finally {
      pool.release(connection);
    }
  }
}

async function isAlive(connection: Connection, signal: AbortSignal): Promise<boolean> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(proofLimitMs)]);
  try {
    return (await execute(connection, "true", limit, (channel) => channel.resume())).exitCode === 0;
  } catch {
    return false;
  }
}

/** Runs a command on a connection until its channel closes. @throws the signal's reason, or why it did not start */
async function execute(
  connection: Connection,
  command: string,
  signal: AbortSignal,
  attach: (channel: ClientChannel) => void,
): Promise<Ended> {
  const done = Promise.withResolvers<Ended>();
  let exit: Ended = { exitCode: undefined, killedBy: undefined };
  let channel: ClientChannel | undefined;
  const heard = () => {
    connection.heardAt = performance.now();
  };
  const lost = () => {
    done.resolve(exit);
  };
  connection.client.once("close", lost);
  try {
    connection.client.exec(command, (error, opened) => {
      if (error !== undefined) {
        done.reject(new Error(`the server does not run commands: ${messageOf(error)}`, { cause: error }));
        return;
      }
      heard();
      channel = opened;
      if (signal.aborted) {
        opened.close();
        return;
      }
      opened.on("data", heard);
      opened.on("exit", (code: number | null, killedBy?: string) => {
        heard();
        exit = { exitCode: code ?? undefined, killedBy };
      });
      opened.on("close", () => {
        done.resolve(exit);
      });
      opened.on("error", done.reject);
      attach(opened);
    });
    return await orAborted(done.promise, signal);
  } finally {
    connection.client.off("close", lost);
    if (signal.aborted) channel?.close();
  }
}

/** The promise, or the signal's reason as soon as that aborts. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  // Whoever gives up does not leave an unhandled rejection behind.
  promise.catch(() => undefined);
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = () => {
    aborted.reject(signal.reason as Error);
  };
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
