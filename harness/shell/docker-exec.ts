// A shell on a machine that is a container of the local engine, through `docker exec`.
import { createInterface } from "node:readline";
import { execa, ExecaError } from "execa";
import { usageError, type KubedrillError } from "../base/errors.ts";
import { commandError, tookLonger } from "./failure.ts";
import { boundedScript, leashedScript, quoted } from "./remote-script.ts";
import type { RunOptions, RunResult, Shell, StreamOptions } from "./shell.ts";
import { silenceGuard } from "./silence.ts";

/** More output than this is an error: nothing that the harness asks a machine for is larger, except files. */
const maxOutputBytes = 64_000_000;

/** @param container name or id @param machine what messages call it */
export function dockerExecShell(container: string, machine: string): Shell {
  const run = async (
    script: string,
    options: RunOptions,
  ): Promise<{ exitCode: number; stdout: Buffer; stderr: string }> => {
    const limit = AbortSignal.timeout(options.timeoutMs);
    const signal = options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]);
    const interactive = options.stdin === undefined ? [] : ["-i"];
    const result = await execa(
      "docker",
      ["exec", ...interactive, container, "sh", "-c", boundedScript(script, options.timeoutMs)],
      {
        encoding: "buffer",
        reject: false,
        stripFinalNewline: false,
        maxBuffer: maxOutputBytes,
        cancelSignal: signal,
        forceKillAfterDelay: 500,
        ...(options.stdin === undefined ? { stdin: "ignore" } : { input: options.stdin }),
      },
    );
    options.signal?.throwIfAborted();
    if (limit.aborted)
      throw commandError({ machine, script, how: tookLonger(options.timeoutMs), cause: result });
    if (result.exitCode === undefined) throw engineError(machine, script, result);
    const stdout = Buffer.from(result.stdout);
    const stderr = Buffer.from(result.stderr).toString();
    if (!(options.okExitCodes ?? [0]).includes(result.exitCode))
      throw commandError({
        machine,
        script,
        how: `exited with ${String(result.exitCode)}`,
        output: stderr.trim() === "" ? stdout.toString() : stderr,
      });
    return { exitCode: result.exitCode, stdout, stderr };
  };

  return {
    async run(script, options): Promise<RunResult> {
      const { exitCode, stdout, stderr } = await run(script, options);
      return { exitCode, stdout: stdout.toString(), stderr };
    },
    stream: (script, options) => stream(container, machine, script, options),
    async readFile(path, options): Promise<Buffer> {
      return (await run(`cat -- ${quoted(path)}`, options)).stdout;
    },
    close: () => Promise.resolve(),
  };
}

async function stream(
  container: string,
  machine: string,
  script: string,
  options: StreamOptions,
): Promise<void> {
  const aborted = () => options.signal.aborted;
  if (aborted()) return;
  const silence = silenceGuard(options.silenceMs);
  const child = execa("docker", ["exec", "-i", container, "sh", "-c", leashedScript(script)], {
    stdin: "pipe",
    buffer: { stdout: false, stderr: true },
    reject: false,
    cancelSignal: AbortSignal.any([options.signal, silence.signal]),
    forceKillAfterDelay: 500,
  });
  const lines = createInterface({ input: child.stdout, crlfDelay: Infinity });
  lines.on("line", (line) => {
    if (aborted()) return;
    silence.heard();
    options.onLine(line);
  });
  const result = await child;
  silence.stop();
  lines.close();
  if (aborted()) return;
  if (silence.signal.aborted)
    throw commandError({ machine, script, how: `said nothing for ${String(options.silenceMs / 1000)} s` });
  if (result.exitCode === undefined) throw engineError(machine, script, result);
  throw commandError({
    machine,
    script,
    how: `ended by itself with ${String(result.exitCode)}`,
    output: result.stderr,
  });
}

/** The docker client itself could not be run, or was ended from outside. */
function engineError(machine: string, script: string, result: unknown): KubedrillError {
  if (result instanceof ExecaError && result.code === "ENOENT")
    return usageError("The docker command is not installed.", {
      cause: result,
      hint: "kubedrill doctor lists what is missing",
    });
  const how = result instanceof ExecaError ? result.shortMessage : "did not end properly";
  return commandError({ machine, script, how: `could not be run: ${how}`, cause: result });
}
