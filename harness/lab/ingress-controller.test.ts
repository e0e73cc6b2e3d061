import { describe, expect, it } from "vitest";
import { labOf } from "../verdict/testing/lab.ts";
import { fingerprint } from "./discover.ts";
import { ingressControllerOf } from "./ingress-controller.ts";

const object = (raw: unknown) => raw as never;

interface Shape {
  name?: string;
  owner?: { kind: string; name: string };
  port?: number;
  image?: string;
  args?: string[];
  spec?: object;
  metadata?: object;
}

function pod(shape: Shape = {}) {
  const { name = "traefik-a", owner = { kind: "DaemonSet", name: "traefik" }, port = 80 } = shape;
  const { image = "docker.io/library/traefik:v3.6.6", args = ["--ping=true"] } = shape;
  return object({
    metadata: {
      name,
      namespace: "ingress",
      uid: `uid of ${name}`,
      labels: { app: "traefik", "controller-revision-hash": "5c", "pod-template-generation": "1" },
      ownerReferences: [{ ...owner, controller: true }],
      ...shape.metadata,
    },
    spec: {
      terminationGracePeriodSeconds: 45,
      initContainers: [{ name: "wait" }],
      containers: [
        { name: "side" },
        { name: "main", image, args, ports: [{ containerPort: port, hostPort: port }] },
      ],
      ...shape.spec,
    },
  });
}

describe("the ingress controller", () => {
  it("is what holds the port on its machines, with what it says of itself", () => {
    const found = ingressControllerOf(
      [
        { machine: "w1", pod: pod() },
        { machine: "w2", pod: pod({ name: "traefik-b" }) },
        { machine: "w1", pod: pod({ name: "other", port: 8080 }) },
      ],
      80,
    );
    expect(found).toEqual({
      namespace: "ingress",
      name: "traefik",
      kind: "DaemonSet",
      labelSelector: "app=traefik",
      pods: [
        { name: "traefik-a", uid: "uid of traefik-a", machine: "w1" },
        { name: "traefik-b", uid: "uid of traefik-b", machine: "w2" },
      ],
      terminationGraceMs: { value: 45_000, source: "ingress/traefik, terminationGracePeriodSeconds" },
      initContainers: 1,
      applyMs: { value: 2000, source: "Traefik default (providers.providersThrottleDuration)" },
    });
  });

  it.each([
    ["a pod without the port", pod({ port: 8080 })],
    ["a static pod, which nobody makes anew", pod({ owner: { kind: "Node", name: "w1" } })],
    ["a pod of nobody", pod({ metadata: { ownerReferences: [] } })],
    ["a pod on its way out", pod({ metadata: { deletionTimestamp: new Date() } })],
    ["a half-filled pod", object({ metadata: {}, spec: { containers: [{}] } })],
    ["a pod that says nothing", object({})],
  ])("is not %s", (_, each) => {
    expect(ingressControllerOf([{ machine: "w1", pod: each }], 80)).toBeUndefined();
  });

  it("is the one with most pods where two hold the port", () => {
    const other = { kind: "ReplicaSet", name: "nginx-5c" };
    const found = ingressControllerOf(
      [
        { machine: "w1", pod: pod({ name: "n", owner: other, image: "nginx" }) },
        { machine: "w2", pod: pod({ name: "traefik-b" }) },
        { machine: "w3", pod: pod({ name: "traefik-c" }) },
      ],
      80,
    );
    expect(found?.name).toBe("traefik");
    expect(found?.pods).toHaveLength(2);
  });

  it.each([
    [["--providers.providersThrottleDuration=5s"], 5000],
    [["--providers.providersthrottleduration", "500ms"], 500],
    [["--providers.providersThrottleDuration=soon"], 2000],
  ])("applies changes as %j says", (args, ms) => {
    expect(ingressControllerOf([{ machine: "w1", pod: pod({ args }) }], 80)?.applyMs?.value).toBe(ms);
  });

  it("says nothing of how fast an unknown controller applies changes, and has Kubernetes' grace by default", () => {
    const unknown = pod({
      image: "haproxytech/kubernetes-ingress",
      spec: { terminationGracePeriodSeconds: undefined },
    });
    const found = ingressControllerOf([{ machine: "w1", pod: unknown }], 80);
    expect(found).not.toHaveProperty("applyMs");
    expect(found?.terminationGraceMs.value).toBe(30_000);
  });
});

it("two labs are the same lab whatever the controller's pods are called", () => {
  const { topology, settings } = labOf();
  const of = (name: string, pods: { name: string; machine: string; uid: string }[]) => {
    const found = ingressControllerOf(
      [{ machine: "w1", pod: pod({ owner: { kind: "DaemonSet", name } }) }],
      80,
    );
    if (found === undefined) throw new Error("no controller");
    const ingress = { machines: ["w1"], httpPort: 80, controller: { ...found, pods } };
    return fingerprint({ ...topology, ingress }, settings);
  };
  const one = of("traefik", []);
  expect(of("traefik", [{ name: "traefik-z", uid: "z", machine: "w1" }])).toBe(one);
  expect(of("nginx", [])).not.toBe(one);
});
