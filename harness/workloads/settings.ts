// What applications have beside what runs: settings and a secret, for drills that move them.
import type { World } from "../lab/world.ts";
import { apply } from "./apply.ts";
import type { DemoOptions } from "./manifests.ts";

const name = "settings";

/** As a dump names them. */
export const settingsObjects: readonly string[] = [`ConfigMap ${name}`, `Secret ${name}`];

/** They go with the namespace. */
export async function plantSettings(
  world: World,
  { namespace }: Pick<DemoOptions, "namespace">,
): Promise<void> {
  const metadata = { name, namespace, labels: { "app.kubernetes.io/managed-by": "kubedrill" } };
  const collection = (plural: string) => `/api/v1/namespaces/${namespace}/${plural}`;
  await apply(world.kube.main, {
    collection: collection("configmaps"),
    body: { apiVersion: "v1", kind: "ConfigMap", metadata, data: { greeting: "hello", lines: "one\ntwo\n" } },
  });
  await apply(world.kube.main, {
    collection: collection("secrets"),
    body: {
      apiVersion: "v1",
      kind: "Secret",
      metadata,
      type: "Opaque",
      data: { code: Buffer.from("not a secret").toString("base64") },
    },
  });
}
