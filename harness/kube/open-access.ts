// Access to a lab's API: one transport for each way to it, clients on demand.
import { usageError } from "../base/errors.ts";
import type { LabFile } from "../lab/lab-file.ts";
import type { ApiEndpoint, KubeAccess, KubeClients } from "./access.ts";
import { kubeClients } from "./clients.ts";
import { readKubeconfig } from "./credentials.ts";
import { Transport } from "./transport.ts";

const defaultTimeoutMs = 10_000;

/** In every API server's certificate, whatever its address (kubeadm and kubespray put it there). */
const commonServerName = "kubernetes";

/** @throws KubedrillError (usage) when the kubeconfig cannot be read or has no client certificate */
export async function openKubeAccess(
  file: Pick<LabFile, "api" | "machines">,
): Promise<KubeAccess & { close(): Promise<void> }> {
  const credentials = await readKubeconfig(file.api.kubeconfig);
  const endpoints = endpointsOf(file);
  const transports = new Map(endpoints.map((each) => [each.name, new Transport(each, credentials)]));
  const known = new Map<string, KubeClients>();
  const via = (name: string, timeoutMs = defaultTimeoutMs): KubeClients => {
    const id = `${name} ${String(timeoutMs)}`;
    const existing = known.get(id);
    if (existing !== undefined) return existing;
    const endpoint = endpoints.find((each) => each.name === name);
    const transport = transports.get(name);
    if (endpoint === undefined || transport === undefined)
      throw usageError(`There is no API endpoint ${name}.`, {
        hint: `there are ${endpoints.map((each) => each.name).join(", ")}`,
      });
    const clients = kubeClients(endpoint, credentials, transport, timeoutMs);
    known.set(id, clients);
    return clients;
  };
  return {
    credentials,
    endpoints,
    via,
    main: via(endpoints[0]?.name ?? "vip"),
    async close() {
      await Promise.all([...transports.values()].map((each) => each.close()));
    },
  };
}

/** The VIP first, then every API server by its own address. */
export function endpointsOf(file: Pick<LabFile, "api" | "machines">): ApiEndpoint[] {
  const direct = file.machines
    .filter((each) => each.role === "control-plane")
    .map((each) => ({ name: each.name, host: each.address, port: file.api.port }));
  const vip =
    file.api.vip === undefined ? [] : [{ name: "vip", host: file.api.vip.address, port: file.api.vip.port }];
  return [...vip, ...direct].map((each) => ({ ...each, serverName: commonServerName }));
}
