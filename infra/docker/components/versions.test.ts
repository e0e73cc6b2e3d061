import { expect, it } from "vitest";
import { imageDefinitions, imageNames, imageRoles } from "./images.ts";
import { programNames } from "./programs.ts";
import { kubernetesMinors, newestVersions as versions, versionsOf } from "./versions.ts";

it("knows the newest minor by default, and no others than those it has", () => {
  expect(versionsOf(kubernetesMinors[0] ?? "")).toBe(versions);
  expect(versions.kubernetes.startsWith(`${kubernetesMinors[0] ?? ""}.`)).toBe(true);
  expect(versionsOf("1.2")).toBeUndefined();
});

it("names images as kubeadm does", () => {
  const { kubernetes } = versions;
  const names = imageNames(versions);
  expect(names["kube-apiserver"]).toBe(`registry.k8s.io/kube-apiserver:v${kubernetes}`);
  expect(names.etcd).toBe(`registry.k8s.io/etcd:${versions.etcdImageTag}`);
  expect(names.coredns).toBe(`registry.k8s.io/coredns/coredns:v${versions.coredns}`);
  expect(names.traefik).toBe(`docker.io/library/traefik:v${versions.traefik}`);
});

it("has an image of every role, and only programs that exist, at absolute paths", () => {
  const images = imageDefinitions(versions);
  expect(images.map((image) => image.role)).toEqual([...imageRoles]);
  for (const [program, path] of images.flatMap((image) => Object.entries(image.programs))) {
    expect(programNames).toContain(program);
    expect(path).toMatch(/^\//);
  }
});
