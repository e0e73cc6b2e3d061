import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KubeClients } from "../../kube/access.ts";
import type { KubeObject } from "../../kube/list-pages.ts";
import type { World } from "../../lab/world.ts";
import { declaredForm, whyNotDeclared, withoutMarks } from "./declared.ts";
import { dumpObjects } from "./dump.ts";
import { readDump } from "./dump-files.ts";
import { inOrder } from "./order.ts";
import { restoreObjects } from "./restore-objects.ts";
import type { Resource } from "./resources.ts";

const core = (plural: string, kind: string, namespaced = true): Resource => ({
  group: "",
  version: "v1",
  plural,
  kind,
  namespaced,
});
const apps = (plural: string, kind: string): Resource => ({ ...core(plural, kind), group: "apps" });

function object(
  name: string,
  rest: Record<string, unknown> = {},
  meta: Record<string, unknown> = {},
): KubeObject {
  return {
    metadata: { name, namespace: "shop", uid: `uid-${name}`, resourceVersion: "1", ...meta },
    ...rest,
  };
}

describe("what is declared", () => {
  it.each([
    [
      core("pods", "Pod"),
      object("web-1", {}, { ownerReferences: [{ controller: true }] }),
      "a controller makes it",
    ],
    [core("events", "Event"), object("e"), "it tells of a moment"],
    [core("configmaps", "ConfigMap"), object("kube-root-ca.crt"), "every cluster has it"],
    [core("serviceaccounts", "ServiceAccount"), object("default"), "every cluster has it"],
    [
      core("secrets", "Secret"),
      object("token", { type: "kubernetes.io/service-account-token" }),
      "it belongs to its account",
    ],
    [
      core("endpoints", "Endpoints"),
      object("shop", {}, { labels: { "endpoints.kubernetes.io/managed-by": "endpoint-controller" } }),
      "a controller makes it",
    ],
    [
      core("endpoints", "Endpoints"),
      object("of-1.32", {}, { managedFields: [{ manager: "kube-controller-manager" }] }),
      "a controller makes it",
    ],
    [
      core("endpoints", "Endpoints"),
      object("elsewhere", {}, { managedFields: [{ manager: "kubectl-create" }] }),
      null,
    ],
    [core("configmaps", "ConfigMap"), object("mine"), null],
    [core("pods", "Pod"), object("bare"), null],
  ])("%j: %j", (resource, found, why) => {
    expect(whyNotDeclared(resource, found)).toBe(why);
  });

  it("has nothing that the cluster added", () => {
    const found = object(
      "web",
      { spec: { replicas: 2 }, status: { readyReplicas: 2 } },
      {
        generation: 3,
        managedFields: [{}],
        creationTimestamp: "2026-01-01T00:00:00Z",
        annotations: { "deployment.kubernetes.io/revision": "4", mine: "yes" },
      },
    );
    expect(declaredForm(apps("deployments", "Deployment"), found)).toEqual({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "shop", annotations: { mine: "yes" } },
      spec: { replicas: 2 },
    });
  });

  it("is bound to its volume by name, not by an identity that it will not have again", () => {
    const claim = {
      kind: "PersistentVolumeClaim",
      namespace: "shop",
      name: "data",
      uid: "u",
      resourceVersion: "9",
    };
    const volume = declaredForm(
      core("persistentvolumes", "PersistentVolume", false),
      object("pv", { spec: { claimRef: claim } }),
    );
    expect(volume.spec).toEqual({
      claimRef: { apiVersion: undefined, kind: "PersistentVolumeClaim", namespace: "shop", name: "data" },
    });
  });

  it("leaves addresses to the new cluster, but a wish for none", () => {
    const service = core("services", "Service");
    const spec = (clusterIP: string) =>
      declaredForm(service, object("s", { spec: { clusterIP, clusterIPs: [clusterIP], ports: [] } })).spec;
    expect(spec("10.0.0.7")).toEqual({ ports: [] });
    expect(spec("None")).toEqual({ clusterIP: "None", clusterIPs: ["None"], ports: [] });
  });

  it("is made in an order in which each finds what it needs", () => {
    const named = (kind: string) => ({ kind, metadata: { name: "x" } });
    const kinds = [
      "ValidatingWebhookConfiguration",
      "Deployment",
      "Secret",
      "CustomResourceDefinition",
      "Namespace",
    ];
    expect(inOrder(kinds.map(named)).map((each) => each.kind)).toEqual([...kinds].reverse());
  });
});

describe("marks that are nobody's declaration", () => {
  const declared = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "s" }, data: { a: "1" } };
  const marked = (labels: Record<string, string>) => ({
    ...declared,
    metadata: { ...declared.metadata, labels, annotations: { "velero.io/x": "y" } },
  });

  it("are left out, and a field that has nothing else with them", () => {
    expect(withoutMarks(marked({ "velero.io/backup-name": "b" }), "velero.io/")).toEqual(declared);
  });

  it("are no others", () => {
    const left = withoutMarks(marked({ "velero.io/backup-name": "b", app: "shop" }), "velero.io/");
    expect(left.metadata).toEqual({ name: "s", labels: { app: "shop" } });
  });
});

describe("a dump", () => {
  let folder: string;
  let stored: Map<string, KubeObject>;
  const world = () => ({ file: { name: "lab" }, kube: { main: api(stored) } }) as unknown as World;
  const order = (out: string) => ({ out: join(folder, out), onProgress: () => undefined });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "kubedrill-objects-"));
    stored = new Map([
      ["/api/v1/namespaces/shop", { metadata: { name: "shop", uid: "n", resourceVersion: "1" } }],
      ["/api/v1/namespaces/shop/configmaps/a:b", object("a:b", { data: { key: "value" } })],
      ["/api/v1/namespaces/shop/secrets/key", object("key", { data: { key: "c2VjcmV0" } })],
    ]);
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it("has a file for each object, for its owner only, and no secrets unless asked", async () => {
    const dumped = await dumpObjects(world(), { ...order("d"), secrets: { kind: "omit" } });
    expect(dumped).toMatchObject({ objects: 2, secretsOmitted: 1 });
    const path = join(folder, "d", "shop", "configmaps", "a%3Ab.yaml");
    expect(await readFile(path, "utf8")).toBe(
      "apiVersion: v1\ndata:\n  key: value\nkind: ConfigMap\nmetadata:\n  name: a:b\n  namespace: shop\n",
    );
    expect(((await stat(path)).mode & 0o777).toString(8)).toBe("600");
  });

  it("comes back as it was, with its secrets only for who has the identity", async () => {
    const identity = await generateIdentity();
    const recipients = [await identityToRecipient(identity)];
    await dumpObjects(world(), { ...order("d"), secrets: { kind: "encrypt", recipients } });
    await expect(readDump(join(folder, "d"), [])).rejects.toThrow("is encrypted");
    const { objects } = await readDump(join(folder, "d"), [identity]);
    const empty = new Map<string, KubeObject>();
    const restored = await restoreObjects(api(empty), objects, {
      force: false,
      dryRun: false,
      onProgress: () => undefined,
    });
    expect(restored.created).toEqual(["Namespace shop", "Secret shop/key", "ConfigMap shop/a:b"]);
    expect(restored.failed).toEqual([]);
    expect(
      (empty.get("/api/v1/namespaces/shop/secrets/key") as { data?: unknown } | undefined)?.data,
    ).toEqual({
      key: "c2VjcmV0",
    });
  });

  it("overwrites nothing that is different unless asked, and nothing that is the same", async () => {
    await dumpObjects(world(), { ...order("d"), secrets: { kind: "plain" } });
    const { objects } = await readDump(join(folder, "d"), []);
    const path = "/api/v1/namespaces/shop/configmaps/a:b";
    stored.set(path, object("a:b", { data: { key: "another" } }));
    const calm = { force: false, dryRun: false, onProgress: () => undefined };
    expect(await restoreObjects(api(stored), objects, calm)).toMatchObject({
      created: [],
      same: 2,
      different: ["ConfigMap shop/a:b"],
    });
    expect(stored.get(path)?.data).toEqual({ key: "another" });
    expect(await restoreObjects(api(stored), objects, { ...calm, force: true, dryRun: true })).toMatchObject({
      overwritten: ["ConfigMap shop/a:b"],
    });
    expect(stored.get(path)?.data).toEqual({ key: "another" });
    await restoreObjects(api(stored), objects, { ...calm, force: true });
    expect(stored.get(path)?.data).toEqual({ key: "value" });
  });

  it("is refused when a file in it is no object", async () => {
    await dumpObjects(world(), { ...order("d"), secrets: { kind: "omit" } });
    await writeFile(join(folder, "d", "shop", "odd.yaml"), "- 1\n");
    await expect(readDump(join(folder, "d"), [])).rejects.toThrow("odd.yaml is no object of Kubernetes");
    await expect(readDump(folder, [])).rejects.toThrow("is no dump");
  });
});

/** The part of an API that dumps need, over a map from path to object. */
function api(stored: Map<string, KubeObject>): KubeClients {
  const verbs = ["list", "get", "create"];
  const kinds = [
    { name: "namespaces", kind: "Namespace", namespaced: false, verbs },
    { name: "configmaps", kind: "ConfigMap", namespaced: true, verbs },
    { name: "secrets", kind: "Secret", namespaced: true, verbs },
    { name: "secrets/status", kind: "Secret", namespaced: true, verbs },
  ];
  const raw: KubeClients["raw"] = (method, path, { body }) => {
    const [plain = ""] = path.split("?");
    const key = decodeURIComponent(plain);
    if (key === "/apis") return Promise.resolve({ groups: [] });
    if (key === "/api/v1") return Promise.resolve({ resources: kinds });
    if (method === "PATCH")
      stored.set(key, { ...object("", body as Record<string, unknown>), ...(body as KubeObject) });
    const plural = kinds.find((each) => key === `/api/v1/${each.name}`)?.name;
    if (plural === undefined) {
      const found = stored.get(key);
      return Promise.resolve(
        found === undefined
          ? undefined
          : { ...found, metadata: { ...found.metadata, uid: "u", resourceVersion: "2" } },
      );
    }
    const items = [...stored].filter(([each]) => each.split("/").at(-2) === plural).map(([, each]) => each);
    return Promise.resolve({ metadata: { resourceVersion: "1" }, items });
  };
  const core = { readNamespace: () => Promise.resolve({ metadata: { uid: "cluster" } }) };
  return { raw, core } as unknown as KubeClients;
}
