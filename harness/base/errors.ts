// The one family of errors. A message says what is wrong, where, and what to do next, in one sentence.

/** How a run ends when an error reaches the command line; `exitCodes` gives the number. */
export type ErrorKind = "usage" | "inconclusive" | "unhealed" | "interrupted";

/** Exit codes of every verb. Also: 0 all pass, 1 a drill failed. */
export const exitCodes: Record<ErrorKind, number> = {
  usage: 2,
  inconclusive: 3,
  unhealed: 4,
  interrupted: 130,
};

/**
 * An error that a person is meant to read. `usage`: wrong use, configuration or environment; `inconclusive`: the
 * evidence or the lab is not good enough; `unhealed`: something could not be put back.
 */
export class KubedrillError extends Error {
  readonly kind: ErrorKind;
  readonly hint: string | undefined;

  constructor(kind: ErrorKind, message: string, options: { cause?: unknown; hint?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "KubedrillError";
    this.kind = kind;
    this.hint = options.hint;
  }
}

export function usageError(
  message: string,
  options: { cause?: unknown; hint?: string } = {},
): KubedrillError {
  return new KubedrillError("usage", message, options);
}

export function inconclusiveError(
  message: string,
  options: { cause?: unknown; hint?: string } = {},
): KubedrillError {
  return new KubedrillError("inconclusive", message, options);
}

/** The message of anything thrown, on one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s*\n\s*/g, " · ").trim();
}
