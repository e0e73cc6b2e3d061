import { expect, test } from "vitest";
import { extraManifests } from "./extra-manifests.ts";
import {
  barePod,
  bigDeployment,
  daemonSet,
  disruptionBudget,
  statefulSet,
  volumeApp,
  webApp,
  type Extra,
} from "./extras.ts";
import { demoHost, demoManifests, hostOf, type DemoOptions } from "./manifests.ts";

const options: DemoOptions = {
  namespace: "demo",
  image: "image",
  replicas: 13,
  tolerationSeconds: 15,
  graceful: true,
  ingressClass: null,
};
const all: Extra[] = [
  barePod({ on: "worker" }),
  statefulSet({ on: "worker" }),
  daemonSet(),
  bigDeployment("big", { replicas: 2, memoryBytes: 1000 }),
  webApp("edge", { replicas: 4, graceful: true }),
  disruptionBudget(1),
  volumeApp("worker"),
];

/** The workload itself: what comes after it only leads to it, and what comes before it is its volume. */
function extraManifest(extra: Extra, declared: DemoOptions, node: string | null) {
  const all = extraManifests(extra, declared, node);
  const first = extra.kind === "volume-app" ? all.at(-1) : all[0];
  if (first === undefined) throw new Error(`${extra.kind} has no manifest`);
  return first;
}

/** Of Kubernetes objects as plain data: the value at a path, or undefined. */
function at(object: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<string | number, unknown> | undefined)?.[key],
    object,
  );
}

test.each(all)("$kind $name is in the demo's namespace, ours, and found by its name", (extra) => {
  const { collection, body } = extraManifest(extra, options, "node-w1");
  expect(collection).toContain("/namespaces/demo/");
  expect(at(body, "metadata", "labels")).toMatchObject({
    "app.kubernetes.io/managed-by": "kubedrill",
    app: extra.name,
  });
  const template = at(body, "spec", "template", "metadata", "labels", "app");
  expect([undefined, extra.name]).toContain(template);
  if (template !== undefined)
    expect(at(body, "spec", "selector", "matchLabels", "app"), "its controller finds its pods").toBe(
      extra.name,
    );
});

test("a wished machine is only a wish, so that a StatefulSet's pod can move", () => {
  const { body } = extraManifest(statefulSet({ on: "worker" }), options, "node-w1");
  const affinity = at(body, "spec", "template", "spec", "affinity", "nodeAffinity");
  expect(Object.keys(affinity as object)).toEqual(["preferredDuringSchedulingIgnoredDuringExecution"]);
  expect(JSON.stringify(affinity)).toContain("node-w1");
  expect(JSON.stringify(extraManifest(barePod(), options, null))).not.toContain("affinity");
});

test("a DaemonSet's pods wait for their node for ever, a StatefulSet's only for the toleration", () => {
  const tolerations = (extra: Extra) =>
    JSON.stringify(at(extraManifest(extra, options, null).body, "spec", "template", "spec", "tolerations"));
  expect(tolerations(daemonSet())).not.toContain("tolerationSeconds");
  expect(tolerations(statefulSet())).toContain('"tolerationSeconds":15');
});

test("the big ones ask for memory and keep away from control planes", () => {
  const { body } = extraManifest(bigDeployment("big", { replicas: 3, memoryBytes: 1000 }), options, null);
  const spec = at(body, "spec", "template", "spec");
  expect(at(spec, "containers", 0, "resources", "requests", "memory")).toBe("1000");
  expect(at(spec, "containers", 0, "resources", "limits")).toBeUndefined();
  expect(at(spec, "tolerations")).toBeUndefined();
});

test("a web application is a Deployment, a Service and an Ingress that lead to each other", () => {
  const app = webApp("edge", { replicas: 4, graceful: true });
  const [deployment, service, ingress] = extraManifests(app, { ...options, ingressClass: "traefik" }, null);
  expect(at(deployment?.body, "spec", "replicas")).toBe(4);
  expect(at(service?.body, "spec", "selector")).toEqual({ app: "edge" });
  const rule = at(ingress?.body, "spec", "rules", 0);
  expect(at(rule, "host")).toBe(hostOf("edge"));
  expect(at(rule, "http", "paths", 0, "backend", "service", "name")).toBe("edge");
  expect(at(ingress?.body, "spec", "ingressClassName")).toBe("traefik");
  expect(hostOf("edge")).not.toBe(demoHost);
  expect(extraManifests(app, options, null), "without an ingress class").toHaveLength(2);
});

test("a web application's pods run on workers only, and it never has fewer of them in a rollout", () => {
  const { body } = extraManifest(webApp("edge", { replicas: 4, graceful: true }), options, null);
  const spec = at(body, "spec", "template", "spec");
  const affinity = at(spec, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution");
  expect(at(affinity, "nodeSelectorTerms", 0, "matchExpressions")).toEqual([
    { key: "node-role.kubernetes.io/control-plane", operator: "DoesNotExist" },
  ]);
  expect(at(body, "spec", "strategy", "rollingUpdate")).toEqual({ maxSurge: 1, maxUnavailable: 0 });
  expect(JSON.stringify(at(spec, "topologySpreadConstraints"))).toContain('"app":"edge"');
});

test.each([
  [true, true],
  [false, false],
])("a web application that is graceful: %s has readiness gate and preStop: %s", (graceful, has) => {
  const { body } = extraManifest(webApp("edge", { replicas: 4, graceful }), options, null);
  const container = at(body, "spec", "template", "spec", "containers", 0);
  expect(at(container, "readinessProbe") !== undefined).toBe(has);
  expect(at(container, "lifecycle", "preStop") !== undefined).toBe(has);
});

test("the demo's own Ingress leads to the demo", () => {
  const ingress = demoManifests({ ...options, ingressClass: "traefik" }).at(-1);
  expect(ingress?.collection).toBe("/apis/networking.k8s.io/v1/namespaces/demo/ingresses");
  expect(at(ingress?.body, "spec", "rules", 0, "host")).toBe(demoHost);
  expect(demoManifests(options)).toHaveLength(2);
});

test("a volume is bound to its claim and to its machine", () => {
  const [volume, claim, deployment] = extraManifests(volumeApp("worker"), options, "node-w1");
  expect(at(volume?.body, "spec", "claimRef")).toMatchObject({ namespace: "demo", name: "keeper" });
  expect(at(volume?.body, "spec", "hostPath", "path")).toBe("/var/lib/kubedrill/demo-keeper");
  expect(JSON.stringify(at(volume?.body, "spec", "nodeAffinity"))).toContain("node-w1");
  expect(at(claim?.body, "spec", "volumeName")).toBe(volume?.body.metadata.name);
  expect(JSON.stringify(deployment?.body.spec)).toContain('"claimName":"keeper"');
});
