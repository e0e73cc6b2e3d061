// The container engine, by its command line: the same client and socket as the user's own.
import { execa, ExecaError } from "execa";
import { writeFile } from "node:fs/promises";
import { KubedrillError, usageError } from "../../../harness/base/errors.ts";

export interface EngineOptions {
  /** Default 30,000. */
  timeoutMs?: number;
  /** Given to the command's standard input. */
  input?: string | Uint8Array;
  signal?: AbortSignal | undefined;
}

/**
 * Runs `docker …` and returns its standard output, trimmed.
 * @throws KubedrillError (usage) when the engine does not answer or the client is missing; (inconclusive) when the
 * command fails or takes longer than its limit.
 */
export async function docker(args: readonly string[], options: EngineOptions = {}): Promise<string> {
  const timeoutMs = options.timeoutMs ?? 30_000;
  try {
    const result = await execa("docker", args, {
      timeout: timeoutMs,
      stripFinalNewline: true,
      maxBuffer: 64_000_000,
      ...(options.input === undefined ? { stdin: "ignore" } : { input: options.input }),
      ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    });
    return result.stdout;
  } catch (error) {
    throw engineError(args, timeoutMs, error);
  }
}

/** Throws a usage error unless the engine answers, is on this host, and may be used. */
export async function requireEngine(): Promise<void> {
  await docker(["version", "--format={{.Server.Version}}"], { timeoutMs: 10_000 });
}

/** Runs `docker …` with its standard output going to a new file that only its owner may read. */
export async function dockerToFile(args: readonly string[], path: string): Promise<void> {
  const timeoutMs = 60_000;
  await writeFile(path, "", { mode: 0o600 });
  try {
    await execa("docker", args, { timeout: timeoutMs, stdin: "ignore", stdout: { file: path } });
  } catch (error) {
    throw engineError(args, timeoutMs, error);
  }
}

/** Runs a command on a machine as root and returns its standard output. Errors as `docker`. */
export function onMachine(
  container: string,
  command: readonly string[],
  options: EngineOptions = {},
): Promise<string> {
  const interactive = options.input === undefined ? [] : ["-i"];
  return docker(["exec", ...interactive, container, ...command], options);
}

/** Whether an error of `docker` says that the object does not exist. */
export function isNotFound(error: unknown): boolean {
  return error instanceof KubedrillError && /no such|not found/i.test(error.message);
}

function engineError(args: readonly string[], timeoutMs: number, cause: unknown): KubedrillError {
  if (!(cause instanceof ExecaError)) throw cause;
  if (cause.code === "ENOENT")
    return usageError("The docker command is not installed.", {
      cause,
      hint: "kubedrill doctor lists what is missing",
    });
  const said = [text(cause.stderr), text(cause.stdout)].find((each) => each !== "") ?? "";
  if (/cannot connect to the docker daemon|is the docker daemon running/i.test(said))
    return usageError("The container engine is not running.", {
      cause,
      hint: "start dockerd, then try again",
    });
  if (/permission denied.*docker.*sock/i.test(said))
    return usageError("The container engine refuses this user.", { cause, hint: "run kubedrill as root" });
  const what = `docker ${args.slice(0, args[0] === "exec" ? 5 : 3).join(" ")}`;
  if (cause.timedOut)
    return new KubedrillError("inconclusive", `${what} took longer than ${String(timeoutMs / 1000)} s.`, {
      cause,
    });
  return new KubedrillError("inconclusive", `${what} failed: ${said === "" ? cause.shortMessage : said}`, {
    cause,
  });
}

/** The last lines of what a command wrote, on one. */
function text(output: unknown): string {
  return (typeof output === "string" ? output : "").trim().split("\n").slice(-4).join(" · ");
}
