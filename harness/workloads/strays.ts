// What happens after a snapshot and reaches beyond the store: a restore forgets it, and the world does not. Made between a
// snapshot and its restore, and looked for afterwards.
import { z } from "zod";
import type { KubeClients } from "../kube/access.ts";
import type { World } from "../lab/world.ts";
import { apply, pathOf, remove } from "./apply.ts";
import { onePodReady } from "./canaries.ts";
import { canaryDeployment, managed, type DemoOptions, type Manifest } from "./manifests.ts";

const strayNames = {
  /** A Deployment made after the snapshot, whose pod runs. */
  deployment: "stray-later",
  /** Accounts made before and after it. */
  account: "stray-account",
  laterAccount: "stray-later-account",
  service: "stray-later",
} as const;

export interface Strays {
  /** Issued after the snapshot, one for an account of before, one for an account of after. Never recorded. */
  tokens: { known: string; unknown: string };
  clusterIp: string;
  /** Renewal of each node's lease, as the store had it last. */
  leases: Map<string, string>;
}

/** Before the snapshot. */
export async function plantAccount(world: World, options: DemoOptions): Promise<void> {
  await apply(world.kube.main, account(options, strayNames.account));
}

/** After the snapshot. @throws KubedrillError (inconclusive) when it does not come up */
export async function letStray(world: World, options: DemoOptions, signal: AbortSignal): Promise<Strays> {
  const kube = world.kube.main;
  const { namespace } = options;
  await apply(kube, account(options, strayNames.laterAccount));
  await apply(kube, service(options));
  await apply(kube, canaryDeployment(options, strayNames.deployment));
  await onePodReady(world, options, strayNames.deployment, signal);
  const found = await kube.core.readNamespacedService({ name: strayNames.service, namespace });
  return {
    tokens: {
      known: await tokenOf(kube, namespace, strayNames.account),
      unknown: await tokenOf(kube, namespace, strayNames.laterAccount),
    },
    clusterIp: found.spec?.clusterIP ?? "",
    leases: await leasesOf(kube),
  };
}

/** The namespace takes with it what cannot be removed now. */
export async function removeStrays({ kube }: World, options: DemoOptions): Promise<void> {
  const { deployment, account: before, laterAccount } = strayNames;
  const all = [canaryDeployment(options, deployment), service(options)];
  for (const each of [...all, account(options, before), account(options, laterAccount)])
    await remove(kube.main, each);
}

/** Whether an API server takes a token, in a word. @throws KubedrillError when it does not answer */
export async function wordOfToken(kube: KubeClients, token: string): Promise<"accepted" | "refused"> {
  const answer = await kube.raw("POST", "/apis/authentication.k8s.io/v1/tokenreviews", {
    timeoutMs: 10_000,
    body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", spec: { token } },
  });
  const { status } = z
    .object({ status: z.object({ authenticated: z.boolean().default(false) }) })
    .parse(answer);
  return status.authenticated ? "accepted" : "refused";
}

/** Whether the store knows the Service still. */
export async function wordOfService({ kube }: World, options: DemoOptions): Promise<"gone" | "there"> {
  const found = await kube.main.raw("GET", pathOf(service(options)), { timeoutMs: 10_000, okStatus: [404] });
  return found === undefined ? "gone" : "there";
}

/** Renewal of each node's lease. */
export async function leasesOf(kube: KubeClients): Promise<Map<string, string>> {
  const { items } = await kube.coordination.listNamespacedLease({ namespace: "kube-node-lease" });
  return new Map(items.map((each) => [each.metadata?.name ?? "", String(each.spec?.renewTime ?? "")]));
}

async function tokenOf(kube: KubeClients, namespace: string, name: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const answer = await kube.raw("POST", path, {
    timeoutMs: 10_000,
    body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 3600 } },
  });
  return z.object({ status: z.object({ token: z.string().min(1) }) }).parse(answer).status.token;
}

function account({ namespace }: DemoOptions, name: string): Manifest {
  return {
    collection: `/api/v1/namespaces/${namespace}/serviceaccounts`,
    body: { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, labels: managed } },
  };
}

function service({ namespace }: DemoOptions): Manifest {
  return {
    collection: `/api/v1/namespaces/${namespace}/services`,
    body: {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: strayNames.service, labels: managed },
      spec: { ports: [{ name: "http", port: 80 }] },
    },
  };
}
