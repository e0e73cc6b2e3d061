// Every kind of object that a cluster stores and lets be made, as its own discovery tells.
// Source: Kubernetes documentation, "The Kubernetes API", "API discovery".
import { z } from "zod";
import type { KubeClients } from "../../kube/access.ts";

export interface Resource {
  /** "" for the core group. */
  group: string;
  version: string;
  /** "deployments". */
  plural: string;
  kind: string;
  namespaced: boolean;
}

const limitMs = 15_000;

const groupList = z.object({
  groups: z.array(z.object({ name: z.string(), preferredVersion: z.object({ version: z.string() }) })),
});
const resourceList = z.object({
  resources: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      namespaced: z.boolean(),
      verbs: z.array(z.string()).default([]),
    }),
  ),
});

export interface Discovered {
  resources: Resource[];
  /** Groups whose server does not answer, such as a metrics API without anybody behind it. */
  silent: string[];
}

/** In the preferred version of each group. @throws KubedrillError when the API does not answer at all */
export async function discoverResources(kube: KubeClients): Promise<Discovered> {
  const { groups } = groupList.parse(await kube.raw("GET", "/apis", { timeoutMs: limitMs }));
  const versions = [
    { group: "", version: "v1" },
    ...groups.map((each) => ({ group: each.name, version: each.preferredVersion.version })),
  ];
  const found = await Promise.all(
    versions.map(async (each) => {
      try {
        return { ...each, resources: await resourcesOf(kube, each) };
      } catch {
        return { ...each, resources: null };
      }
    }),
  );
  return {
    resources: found.flatMap((each) => each.resources ?? []),
    silent: found.filter((each) => each.resources === null).map((each) => each.group),
  };
}

async function resourcesOf(
  kube: KubeClients,
  { group, version }: Pick<Resource, "group" | "version">,
): Promise<Resource[]> {
  const path = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const { resources } = resourceList.parse(await kube.raw("GET", path, { timeoutMs: limitMs }));
  return resources
    .filter(
      ({ name, verbs }) =>
        !name.includes("/") && ["list", "get", "create"].every((each) => verbs.includes(each)),
    )
    .map(({ name, kind, namespaced }) => ({ group, version, plural: name, kind, namespaced }));
}

/** API path of all objects of a kind, or of those in a namespace. */
export function collectionPath({ group, version, plural }: Resource, namespace?: string): string {
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  return `${root}${namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`}/${plural}`;
}

/** "deployments.apps", "configmaps". */
export function resourceName({ plural, group }: Pick<Resource, "plural" | "group">): string {
  return group === "" ? plural : `${plural}.${group}`;
}
