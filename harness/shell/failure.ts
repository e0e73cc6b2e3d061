// What is said when a command on a machine fails: where, which command, how, and its last words. Nothing secret.
import { inconclusiveError, type KubedrillError } from "../base/errors.ts";

const maxCommandLength = 120;
const maxLineLength = 200;
const lastLines = 3;

export interface FailedCommand {
  machine: string;
  script: string;
  /** "exited with 3", "took longer than 2 s", … */
  how: string;
  /** Standard error, or standard output when that is empty; only the end is shown. */
  output?: string;
  cause?: unknown;
  hint?: string;
}

export function commandError(failed: FailedCommand): KubedrillError {
  const words = lastWords(failed.output ?? "");
  return inconclusiveError(
    `On ${failed.machine}: \`${commandLine(failed.script)}\` ${failed.how}${words === "" ? "" : `: ${words}`}.`,
    {
      ...(failed.cause === undefined ? {} : { cause: failed.cause }),
      ...(failed.hint === undefined ? {} : { hint: failed.hint }),
    },
  );
}

/** "took longer than 2.5 s". */
export function tookLonger(timeoutMs: number): string {
  return `took longer than ${String(timeoutMs / 1000)} s`;
}

/** The first line of a script, shortened. */
function commandLine(script: string): string {
  const first = script.trim().split("\n", 1)[0] ?? "";
  return shortened(withoutSecrets(first), maxCommandLength);
}

function lastWords(output: string): string {
  const lines = withoutSecrets(output)
    .split("\n")
    .map((line) => shortened(line.trim(), maxLineLength))
    .filter((line) => line !== "");
  return lines.slice(-lastLines).join(" · ").replace(/\.$/, "");
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** Keys, tokens and passwords do not belong in messages, which end up in logs and reports. */
function withoutSecrets(text: string): string {
  return text
    .replaceAll(/-----BEGIN [^-]+-----[\s\S]*?(?:-----END [^-]+-----|$)/g, "(PEM block)")
    .replaceAll(/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, "$1 (hidden)")
    .replaceAll(
      /\b([\w-]*(?:token|password|secret|key-data))(["']?\s*[=:]\s*["']?|\s+)[^\s"',;]{6,}/gi,
      "$1$2(hidden)",
    );
}
