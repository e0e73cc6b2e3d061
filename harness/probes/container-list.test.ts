import { expect, it } from "vitest";
import { parseContainers } from "./container-list.ts";

/** Recorded from crictl 1.30, shortened. */
const recorded = `{ "containers": [ { "id": "f3a1b2c3d4e5f60718293a4b5c6d7e8f90", "podSandboxId": "aa", "metadata": {
 "name": "kube-apiserver", "attempt": 2 }, "image": { "image": "sha256:1" }, "imageRef": "sha256:1",
 "state": "CONTAINER_RUNNING", "createdAt": "1763722800123456789", "labels": { "io.kubernetes.container.name":
 "kube-apiserver", "io.kubernetes.pod.name": "kube-apiserver-cp1", "io.kubernetes.pod.namespace": "kube-system",
 "io.kubernetes.pod.uid": "u" }, "annotations": {} },
 { "id": "dead", "metadata": { "name": "x" }, "state": "CONTAINER_EXITED", "labels": {} } ] }`;

it("reads running containers", () => {
  expect(parseContainers(recorded)).toEqual([
    {
      id: "f3a1b2c3d4e5",
      namespace: "kube-system",
      pod: "kube-apiserver-cp1",
      name: "kube-apiserver",
      attempt: 2,
      createdAt: "2025-11-21T11:00:00.123Z",
    },
  ]);
});

it("tells an empty machine from a runtime that does not answer", () => {
  expect(parseContainers('{"containers": []}')).toEqual([]);
  for (const text of ["error", "", "{", "null", '{"items": []}'])
    expect(parseContainers(text)).toBeUndefined();
});
