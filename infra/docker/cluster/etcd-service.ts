// Brings up etcd as a service on every control plane, before kubeadm makes the first of them.
import { until } from "../../../harness/base/until.ts";
import { certificatesConfig, etcdPaths, etcdSetUp } from "./config/etcd-service.ts";
import { onMachine } from "./engine.ts";
import { kubeadm, waitForRuntime } from "./kubeadm.ts";
import { controlPlanesOf, firstControlPlane, type LabLayout, type MachinePlan } from "./layout.ts";
import { secretFile } from "./machine-files.ts";
import { putFiles } from "./machines.ts";

const healthLimitMs = 120_000;
const certificates = ["etcd-server", "etcd-peer", "etcd-healthcheck-client", "apiserver-etcd-client"];

/** Returns when every member says that it is healthy. The machines must be on. */
export async function startEtcdService(layout: LabLayout): Promise<void> {
  const first = firstControlPlane(layout);
  const all = controlPlanesOf(layout);
  await Promise.all(
    all.map(async (machine) => {
      await putFiles(layout, machine, [
        secretFile(etcdPaths.certificates, certificatesConfig(layout, machine)),
      ]);
      await waitForRuntime(machine);
    }),
  );
  await makeCertificate(first, "etcd-ca");
  const authority = await Promise.all(
    etcdPaths.ca.map(async (path) => ({ path, text: await onMachine(first.container, ["cat", path]) })),
  );
  await Promise.all(
    all.map(async (machine) => {
      if (machine !== first)
        await putFiles(
          layout,
          machine,
          authority.map(({ path, text }) => secretFile(path, `${text}\n`)),
        );
      for (const name of certificates) await makeCertificate(machine, name);
      await onMachine(machine.container, ["sh", "-c", etcdSetUp], { timeoutMs: 60_000 });
    }),
  );
  await Promise.all(all.map(untilHealthy));
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
