// The one pod of a drill's Deployment: whether it is Ready, and commands in it.
import { inconclusiveError } from "../base/errors.ts";
import { quoted } from "../shell/remote-script.ts";
import type { Session } from "./session.ts";

/** @param deployment of one pod @param namespace default: the demo's */
export async function isReady(
  { world, workload }: Pick<Session, "world" | "workload">,
  deployment: string,
  namespace = workload.options.namespace,
): Promise<boolean> {
  const { status } = await world.kube.main.apps.readNamespacedDeployment({ name: deployment, namespace });
  return status?.readyReplicas === 1;
}

/**
 * What it prints, trimmed.
 * Through the machine's runtime, so that no API server is on the way.
 * @param app label `app` of the pod @param command for `sh -c` in its container
 * @throws KubedrillError when the pod is on none of the lab's machines, has no running container, or the command fails
 */
export async function runInPod(
  { world, workload }: Pick<Session, "world" | "workload">,
  app: string,
  command: string,
): Promise<string> {
  const { namespace } = workload.options;
  const labelSelector = `app=${app}`;
  const { items } = await world.kube.main.core.listNamespacedPod({ namespace, labelSelector });
  const pod = items.find((each) => each.metadata?.deletionTimestamp === undefined);
  const machine = world.machines.find(({ node }) => node === pod?.spec?.nodeName);
  if (machine === undefined) throw inconclusiveError(`The pod of ${app} is on none of the lab's machines.`);
  const labels = `--label io.kubernetes.pod.namespace=${namespace} --label io.kubernetes.pod.name=${pod?.metadata?.name ?? ""}`;
  const container = `"$(crictl ps -q --state Running ${labels} | head -n 1)"`;
  const { stdout } = await machine.shell.run(`crictl exec ${container} sh -c ${quoted(command)}`, {
    timeoutMs: 20_000,
  });
  return stdout.trim();
}
