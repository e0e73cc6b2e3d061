// etcd's own tools on a control plane: those on its PATH, else those in the image of its etcd pod, run by containerd.
import { dirname } from "node:path";
import type { LabFile } from "../lab/lab-file.ts";
import { quoted } from "../shell/remote-script.ts";

/** Where kubeadm and kubespray put the manifest of a stacked etcd. */
const manifest = "/etc/kubernetes/manifests/etcd.yaml";

/**
 * A script before which `etcdctl` (with certificates, at the member's own address) and `etcdutl` are defined, and
 * `etcd_image` prints the image of the machine's etcd.
 * @param folder what tools from the image may see of the machine's disk
 */
export function withEtcdTools({ etcd }: Pick<LabFile, "etcd">, folder: string, script: string): string {
  const { ca, cert, key, clientPort } = etcd;
  const seen = [...new Set([folder, dirname(ca), dirname(cert), dirname(key)])];
  const mounts = seen.map((each) => `--mount type=bind,src=${each},dst=${each},options=rbind:rw`).join(" ");
  const certificates = `--cacert ${quoted(ca)} --cert ${quoted(cert)} --key ${quoted(key)}`;
  return `set -eu
umask 077
etcd_image() { sed -n 's/^ *image: *//p' ${manifest} | head -n 1; }
in_image() { ctr -n k8s.io run --rm --net-host ${mounts} --cwd ${folder} "$(etcd_image)" "kubedrill-tool-$$" "$@"; }
tool() { if command -v "$1" >/dev/null 2>&1; then command "$@"; else in_image "$@"; fi; }
etcdctl() { tool etcdctl --endpoints=https://127.0.0.1:${String(clientPort)} ${certificates} "$@"; }
etcdutl() { tool etcdutl "$@"; }
${script}`;
}

/**
 * A command that asks the member on its own machine, over etcd's JSON gateway. Source: etcd documentation, "gRPC gateway".
 * @param body of a POST; null: a GET
 */
export function askMember(
  { ca, cert, key, clientPort }: LabFile["etcd"],
  path: string,
  body: string | null,
  limitSeconds: number,
): string {
  const data = body === null ? "" : `-d '${body}' `;
  return `curl -sf -m ${String(limitSeconds)} --cacert ${ca} --cert ${cert} --key ${key} ${data}https://127.0.0.1:${String(clientPort)}${path}`;
}
