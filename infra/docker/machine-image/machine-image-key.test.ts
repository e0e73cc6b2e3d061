import { expect, it } from "vitest";
import { newestVersions } from "../components/versions.ts";
import { ensureMachineImage } from "./ensure-machine-image.ts";
import { machineImageKey } from "./machine-image-key.ts";

it("is the same for the same things, and another for anything else", async () => {
  const keys = await Promise.all([
    machineImageKey("build", newestVersions, "amd64"),
    machineImageKey("download", newestVersions, "amd64"),
    machineImageKey("build", newestVersions, "arm64"),
    machineImageKey("build", { ...newestVersions, agnhost: "2.60" }, "amd64"),
  ]);
  expect(new Set(keys).size).toBe(keys.length);
  expect(await machineImageKey("build", newestVersions, "amd64")).toBe(keys[0]);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{12}$/);
});

it("does not exist for a Kubernetes that nobody has pinned", async () => {
  const refused = ensureMachineImage({ kubernetesMinor: "1.2", onProgress: () => undefined });
  await expect(refused).rejects.toMatchObject({
    kind: "usage",
    hint: expect.stringContaining("1.35") as string,
  });
});
