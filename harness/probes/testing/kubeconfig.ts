// A kubeconfig and a lab of one control plane on this host, for a test server.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { TestCertificates } from "../../kube/testing/certificates.ts";
import { parseLabFile, type LabFile } from "../../lab/lab-file.ts";

export async function kubeconfigFor(
  { client }: TestCertificates,
  port: number,
): Promise<{ lab: LabFile; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "kubedrill-probes-"));
  const kubeconfig = join(folder, "kubeconfig");
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  await writeFile(
    kubeconfig,
    stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: "test",
          cluster: {
            server: `https://127.0.0.1:${String(port)}`,
            "certificate-authority-data": base64(client.ca),
          },
        },
      ],
      users: [
        {
          name: "admin",
          user: { "client-certificate-data": base64(client.cert), "client-key-data": base64(client.key) },
        },
      ],
      contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
      "current-context": "test",
    }),
    { mode: 0o600 },
  );
  const machine = {
    name: "cp1",
    role: "control-plane",
    address: "127.0.0.1",
    power: { provider: "docker", container: "none" },
    shell: { via: "docker-exec", container: "none" },
  };
  const lab = parseLabFile(
    { version: 1, name: "test", machines: [machine], api: { kubeconfig, port } },
    "test",
  );
  return { lab, remove: () => rm(folder, { recursive: true }) };
}
