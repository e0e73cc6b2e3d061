// Whether a Deployment is as it was declared last. Until then its pods may be of an older form, and what is predicted from
// them is not what will be there.
import type { KubeClients } from "../kube/access.ts";

/** What counts here of a Deployment, as the API has it. */
interface Rolled {
  metadata?: { generation?: number };
  status?: { observedGeneration?: number; replicas?: number; updatedReplicas?: number };
}

/**
 * What its controller still has to do, in words; null: nothing. Pods that are not Ready are not asked about.
 * Source: kubernetes staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go. Pure.
 */
export function unfinishedRollout({ metadata, status }: Rolled): string | null {
  if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0))
    return "its controller has not looked at its latest form yet";
  const pods = status?.replicas ?? 0;
  const updated = status?.updatedReplicas ?? 0;
  return updated === pods ? null : `${String(updated)} of its ${String(pods)} pods have its latest form`;
}

export async function isRolledOut(
  { apps }: Pick<KubeClients, "apps">,
  deployment: { name: string; namespace: string },
): Promise<boolean> {
  return unfinishedRollout(await apps.readNamespacedDeployment(deployment)) === null;
}
