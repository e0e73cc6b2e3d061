// The command lines of control-plane components as they run: from their static pods, as kubeadm and kubespray label
// them. What is not set there is the component's default for its version.
import type { V1Pod } from "@kubernetes/client-node";
import { flag, goDurationMs } from "./flags.ts";
import type { Sourced } from "./facts.ts";
import type { World } from "./world.ts";

export interface ComponentFlags {
  component: string;
  pod: string | null;
  command: string[];
  env: Map<string, string>;
}

/** Flags of the first running pod of each named component; an empty command line where there is none. */
export async function readComponentFlags(
  world: World,
  components: string[],
): Promise<Map<string, ComponentFlags>> {
  const { items } = await world.kube.main.core.listNamespacedPod({
    namespace: "kube-system",
    labelSelector: "component",
  });
  return new Map(
    components.map((component) => {
      const pod = items.find((each) => each.metadata?.labels?.component === component);
      return [component, flagsOf(component, pod)];
    }),
  );
}

/** A duration flag, else the default with its reason. */
export function durationFlag(
  flags: ComponentFlags | undefined,
  name: string,
  fallback: Sourced<number>,
): Sourced<number> {
  const value = flags === undefined ? undefined : goDurationMs(flag(flags.command, name));
  return value === undefined ? fallback : { value, source: `${flags?.pod ?? ""} --${name}` };
}

function flagsOf(component: string, pod: V1Pod | undefined): ComponentFlags {
  const container = pod?.spec?.containers[0];
  return {
    component,
    pod: pod?.metadata?.name ?? null,
    command: [...(container?.command ?? []), ...(container?.args ?? [])],
    env: new Map((container?.env ?? []).map((each) => [each.name, each.value ?? ""])),
  };
}
