// A lab's own kubectl, on its first control plane, with the administrator's rights.
import { onMachine, type EngineOptions } from "./engine.ts";
import { firstControlPlane, type LabLayout } from "./layout.ts";

export const adminConf = "/etc/kubernetes/admin.conf";

/** @returns its standard output @throws KubedrillError (inconclusive) when it fails or takes too long */
export function kubectl(
  layout: LabLayout,
  args: readonly string[],
  options: EngineOptions = {},
): Promise<string> {
  return onMachine(
    firstControlPlane(layout).container,
    ["kubectl", `--kubeconfig=${adminConf}`, ...args],
    options,
  );
}
