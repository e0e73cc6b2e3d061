// etcd's own tools on a control plane: those on its PATH, else those in the image of its etcd pod, run by containerd.
import { dirname } from "node:path";
import type { LabFile } from "../lab/lab-file.ts";
import { quoted } from "../shell/remote-script.ts";

/** Where kubeadm and kubespray put the manifest of a stacked etcd. */
const manifest = "/etc/kubernetes/manifests/etcd.yaml";

/**
 * The manifest may be aside, while a restore is at work. A script before which `etcdctl` (with certificates, at the member's own address) and `etcdutl` are defined, and
 * `start_etcd NAME FLAG…`, which starts another etcd of the machine's version in `folder`: as a container of that name
 * where etcd runs in a pod, as a unit of that name where it is a service.
 * @param folder what tools from the image may see of the machine's disk
 */
export function withEtcdTools({ etcd }: Pick<LabFile, "etcd">, folder: string, script: string): string {
  const { ca, cert, key, clientPort } = etcd;
  const seen = [...new Set([folder, dirname(ca), dirname(cert), dirname(key)])];
  const mounts = seen.map((each) => `--mount type=bind,src=${each},dst=${each},options=rbind:rw`).join(" ");
  const certificates = `--cacert ${quoted(ca)} --cert ${quoted(cert)} --key ${quoted(key)}`;
  return `set -eu
umask 077
etcd_image() { cat ${manifest} /etc/kubernetes/kubedrill-restore-*/etcd.yaml 2>/dev/null | sed -n 's/^ *image: *//p' | head -n 1; }
in_image() { ctr -n k8s.io run --rm --net-host ${mounts} --cwd ${folder} "$(etcd_image)" "kubedrill-tool-$$" "$@"; }
etcd_program() { systemctl show --property=ExecStart --value etcd | sed -n 's/.*path=\\([^ ;]*\\).*/\\1/p'; }
start_etcd() {
  name=$1; shift
  if [ -e ${manifest} ]; then ctr -n k8s.io run -d --net-host ${mounts} --cwd ${folder} "$(etcd_image)" "$name" etcd "$@"
  else systemd-run --quiet --collect --unit="$name" --property=WorkingDirectory=${folder} "$(etcd_program)" "$@"; fi
}
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
