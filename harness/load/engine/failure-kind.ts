// Why a request was not answered well, in one of few words; tables group by it and the timeline carries it.

export type FailureKind =
  | "refused"
  | "unreachable"
  | "dns"
  | "tls"
  | "no local port"
  | "reset"
  | "mid-body"
  | "timeout"
  | "not http"
  | "non-2xx"
  | "other";

export const failureKinds: readonly FailureKind[] = [
  "refused",
  "unreachable",
  "dns",
  "tls",
  "no local port",
  "reset",
  "mid-body",
  "timeout",
  "not http",
  "non-2xx",
  "other",
];

const byCode: Record<string, FailureKind> = {
  ECONNREFUSED: "refused",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EHOSTDOWN: "unreachable",
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EADDRNOTAVAIL: "no local port",
  EMFILE: "no local port",
  ECONNRESET: "reset",
  ECONNABORTED: "reset",
  EPIPE: "reset",
  ETIMEDOUT: "timeout",
};

const tlsCodes = /^(ERR_TLS|ERR_SSL|EPROTO|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|CERT|HOSTNAME_MISMATCH)|CERT/;

export function kindOfError(error: Error): FailureKind {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return byCode[code] ?? (tlsCodes.test(code) ? "tls" : "other");
}

/** Kinds that end before the target has seen the request: trying again at once would only be noise. */
export function neverConnected(kind: FailureKind): boolean {
  return ["refused", "unreachable", "dns", "tls", "no local port"].includes(kind);
}
