// Waiting on a machine for what serves there: a member of etcd, an API server. Shell, each with its end.
import { askMember } from "../etcd-tools.ts";
import type { ClusterInput } from "./procedure.ts";

/** Between two looks. */
export const lookSeconds = 0.2;

/** Waits for the machine's own API server. */
export function apiServes({ apiPort }: Pick<ClusterInput, "apiPort">): string {
  const pki = "/etc/kubernetes/pki";
  const api = `curl -sf -m 5 --cacert ${pki}/ca.crt --cert ${pki}/apiserver-kubelet-client.crt --key ${pki}/apiserver-kubelet-client.key https://127.0.0.1:${String(apiPort)}/readyz`;
  return waitFor(`${api} >/dev/null`, 120, "the API server is not ready");
}

/** A member that has no quorum says of itself that it is not healthy. */
export function etcdServes({ etcd }: Pick<ClusterInput, "etcd">): string {
  return `${askMember(etcd, "/health", null, 2)} | grep -q '"true"'`;
}

export function waitFor(condition: string, seconds: number, complaint: string): string {
  return `end=$(($(date +%s) + ${String(seconds)}))
until ${condition}; do
  if [ "$(date +%s)" -ge "$end" ]; then echo "${complaint}" >&2; exit 1; fi
  sleep ${String(lookSeconds)}
done`;
}
