// Why an attempt failed, in one of few words: reports group by it and a series stores it as a number.

/** An attempt that got an answer, but not the right one; `word` goes to the timeline. */
export class AttemptError extends Error {
  readonly word: string;

  constructor(word: string, options?: ErrorOptions) {
    super(word, options);
    this.name = "AttemptError";
    this.word = word;
  }
}

/** The attempt ended before anything of the request had left: `cause` says why. */
export class NotSentError extends Error {
  constructor(cause: unknown) {
    super("not sent", { cause });
    this.name = "NotSentError";
  }
}

const words: Record<string, string> = {
  ECONNREFUSED: "refused",
  ECONNRESET: "reset",
  EPIPE: "reset",
  ETIMEDOUT: "timeout",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EHOSTDOWN: "unreachable",
  EADDRNOTAVAIL: "no local port",
  EMFILE: "no file handle",
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  HPE_INVALID_CONSTANT: "not http",
};

/** One of few words for anything thrown by an attempt. Never the message: it may contain addresses or names. */
export function wordOf(error: unknown): string {
  if (error instanceof NotSentError) return wordOf(error.cause);
  if (error instanceof AttemptError) return error.word;
  const code = codeOf(error);
  const known = words[code];
  if (known !== undefined) return known;
  if (code.startsWith("ERR_TLS") || code.startsWith("ERR_SSL") || code.includes("CERT")) return "tls";
  if (code.startsWith("HPE_")) return "not http";
  return "failed";
}

/** True when the attempt surely never reached the server: nothing can have been done there. */
export function neverArrived(error: unknown): boolean {
  return error instanceof NotSentError;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  // Several addresses tried at once: the first reason stands for all.
  return error instanceof AggregateError ? codeOf(error.errors[0]) : codeOf(error.cause);
}
