// Brings up etcd as a service on its machines, before kubeadm makes the first control plane.
import { until } from "../../../harness/base/until.ts";
import { waitForBoot } from "./booted.ts";
import { certificatesConfig, etcdPaths, etcdSetUp } from "./config/etcd-service.ts";
import { onMachine } from "./engine.ts";
import { kubeadm } from "./kubeadm.ts";
import { controlPlanesOf, etcdMachinesOf, type LabLayout, type MachinePlan } from "./layout.ts";
import { secretFile } from "./machine-files.ts";
import { putFiles } from "./machines.ts";

const healthLimitMs = 120_000;
const certificates = ["etcd-server", "etcd-peer", "etcd-healthcheck-client", "apiserver-etcd-client"];

/** Returns when every member says that it is healthy. The machines must be on. */
export async function startEtcdService(layout: LabLayout): Promise<void> {
  const all = etcdMachinesOf(layout);
  const [first] = all;
  if (first === undefined) throw new Error(`lab ${layout.name} has no machine for etcd`);
  await Promise.all(
    all.map(async (machine) => {
      await putFiles(layout, machine, [
        secretFile(etcdPaths.certificates, certificatesConfig(layout, machine)),
      ]);
      await waitForBoot(machine);
    }),
  );
  await makeCertificate(first, "etcd-ca");
  const giveAuthority = await copierOf(layout, first, etcdPaths.ca);
  await Promise.all(
    all.map(async (machine) => {
      if (machine !== first) await giveAuthority(machine);
      for (const name of certificates) await makeCertificate(machine, name);
      await onMachine(machine.container, ["sh", "-c", etcdSetUp], { timeoutMs: 60_000 });
    }),
  );
  // What is elsewhere keeps its authority to itself. Source: Kubernetes documentation, "Creating Highly Available Clusters
  // with kubeadm", "External etcd nodes".
  const giveClient = await copierOf(layout, first, etcdPaths.client);
  const clients = controlPlanesOf(layout).filter((each) => !all.includes(each));
  await Promise.all([...clients.map(giveClient), ...all.map(untilHealthy)]);
}

/** Gives other machines what one has. */
async function copierOf(
  layout: LabLayout,
  from: MachinePlan,
  paths: readonly string[],
): Promise<(to: MachinePlan) => Promise<void>> {
  const files = await Promise.all(
    paths.map(async (path) => secretFile(path, `${await onMachine(from.container, ["cat", path])}\n`)),
  );
  return (to) => putFiles(layout, to, files);
}

function makeCertificate(machine: MachinePlan, name: string): Promise<void> {
  return kubeadm(machine, etcdPaths.certificates, "init", "phase", "certs", name);
}

async function untilHealthy({ name, container }: MachinePlan): Promise<void> {
  await until(
    async () =>
      (await onMachine(container, ["curl", "-s", "-m", "2", "http://127.0.0.1:2381/health"])).includes(
        '"true"',
      ),
    { what: `the etcd member of ${name} to be healthy`, timeoutMs: healthLimitMs, intervalMs: 250 },
  );
}
