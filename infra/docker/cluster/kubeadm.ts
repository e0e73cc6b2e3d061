// Makes a cluster of powered machines with kubeadm: init on the first control plane, then everybody else at once.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { discoveryConfig, initConfig, joinConfig, kubeadmPaths, type JoinSecrets } from "./config/kubeadm.ts";
import { onMachine } from "./engine.ts";
import { newBootstrapToken, newCertificateKey } from "./keys.ts";
import { firstControlPlane, type LabLayout, type MachinePlan } from "./layout.ts";
import { adminConf, kubectl } from "./kubectl.ts";
import { secretFile } from "./machine-files.ts";
import { putFiles } from "./machines.ts";

const addonsDir = join(import.meta.dirname, "..", "..", "addons");
const stepTimeoutMs = 180_000;

export interface InitResult {
  /** kubeconfig of the administrator, through the VIP. */
  kubeconfig: string;
  secrets: JoinSecrets;
  /** The cluster's certificate authority, PEM. */
  ca: string;
}

/**
 * `kubeadm init` on the first control plane; without CoreDNS, which comes when there are machines to spread it over.
 * Returns as soon as others can join.
 */
export async function kubeadmInit(layout: LabLayout): Promise<InitResult> {
  const first = firstControlPlane(layout);
  const secrets = { token: newBootstrapToken(), certificateKey: newCertificateKey() };
  await putFiles(layout, first, [secretFile(kubeadmPaths.config, initConfig(layout, secrets))]);
  await kubeadm(first, kubeadmPaths.config, "init", "--upload-certs", "--skip-phases=addon/coredns");
  const [kubeconfig, ca] = await Promise.all([
    onMachine(first.container, ["cat", adminConf]),
    onMachine(first.container, ["cat", "/etc/kubernetes/pki/ca.crt"]),
  ]);
  return { kubeconfig, secrets, ca };
}

/** `kubeadm join` of one machine, in its role. */
export async function kubeadmJoin(layout: LabLayout, machine: MachinePlan, init: InitResult): Promise<void> {
  await putFiles(layout, machine, [
    secretFile(kubeadmPaths.config, joinConfig(machine, init.secrets)),
    secretFile(kubeadmPaths.discovery, discoveryConfig(layout, init.secrets, init.ca)),
  ]);
  await kubeadm(machine, kubeadmPaths.config, "join");
}

/** Applies manifests of infra/addons. */
export async function applyAddons(layout: LabLayout, names: readonly string[]): Promise<void> {
  const documents = await Promise.all(names.map((name) => readFile(join(addonsDir, `${name}.yaml`), "utf8")));
  await kubectl(layout, ["apply", "--server-side", "--filename=-"], {
    input: documents.join("\n---\n"),
    timeoutMs: stepTimeoutMs,
  });
}

/** kubeadm's own CoreDNS, with our Corefile. */
export async function installDns(layout: LabLayout): Promise<void> {
  await applyAddons(layout, ["coredns"]);
  await kubeadm(firstControlPlane(layout), kubeadmPaths.config, "init", "phase", "addon", "coredns");
}

/** What kubeadm says stays on the machine as evidence; of a failure the last lines are told. */
export async function kubeadm(machine: MachinePlan, config: string, ...command: string[]): Promise<void> {
  const log = "/var/log/kubeadm.log";
  const line = `kubeadm ${command.join(" ")} --config=${config} --v=1`;
  await onMachine(
    machine.container,
    ["sh", "-c", `${line} >>${log} 2>&1 || { tail -n 4 ${log} >&2; exit 1; }`],
    { timeoutMs: stepTimeoutMs },
  );
}
