import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  packed,
  publishImage,
  startReleaseServer,
  sum,
  type ReleaseServer,
} from "../testing/release-server.ts";
import { takeFromImage } from "./registry.ts";

const limits = { firstByteMs: 2_000, idleMs: 2_000 };

let server: ReleaseServer;
let directory: string;

beforeEach(async () => {
  server = await startReleaseServer();
  directory = await mkdtemp(join(tmpdir(), "kubedrill-registry-"));
});

afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

const image = () => ({ registry: server.servers.registry, repository: "some/image", tag: "1.0" });
const take = (member: string, architecture: "amd64" | "arm64" = "amd64") =>
  takeFromImage(image(), new Map([[member, join(directory, "taken")]]), architecture, {
    directory: join(directory, "downloads"),
    limits,
  });

it("takes a program from the topmost layer that has it, and leaves layers below alone", async () => {
  const below = await packed(new Map([["consumer", "old"]]));
  const middle = await packed(new Map([["bin/consumer", "another"]]));
  const above = await packed(new Map([["consumer", "new"]]));
  publishImage(server, "some/image", "1.0", [below, above, middle]);
  await take("consumer");
  expect(await readFile(join(directory, "taken"), "utf8")).toBe("new");
  expect((await stat(join(directory, "taken"))).mode & 0o777).toBe(0o755);
  expect((await readdir(join(directory, "downloads"))).toSorted()).toEqual(
    [sum(above), sum(middle)].toSorted(),
  );
});

it("refuses a layer that is not the one in the manifest", async () => {
  const layer = await packed(new Map([["consumer", "good"]]));
  publishImage(server, "some/image", "1.0", [layer]);
  server.files.set(
    `/registry/v2/some/image/blobs/sha256:${sum(layer)}`,
    await packed(new Map([["consumer", "evil"]])),
  );
  await expect(take("consumer")).rejects.toThrow(/nothing of it was kept/);
  expect(await readdir(join(directory, "downloads"))).toEqual([]);
});

it("refuses a manifest that is not the one in the index", async () => {
  publishImage(server, "some/image", "1.0", [await packed(new Map([["consumer", "good"]]))]);
  for (const [path] of server.files)
    if (path.includes("/manifests/sha256:")) server.files.set(path, Buffer.from('{"layers":[]}'));
  await expect(take("consumer")).rejects.toThrow(/does not have the digest/);
});

it("says so when an image has no such program, or is not built for this processor", async () => {
  publishImage(server, "some/image", "1.0", [await packed(new Map([["other", "x"]]))]);
  await expect(take("consumer")).rejects.toThrow("some/image:1.0 has no consumer");
  await expect(take("other", "arm64")).rejects.toThrow("not built for arm64");
});
