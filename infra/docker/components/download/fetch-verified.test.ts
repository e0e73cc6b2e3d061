import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startReleaseServer, sum, type ReleaseServer } from "../testing/release-server.ts";
import { ChecksumError, fetchVerified } from "./fetch-verified.ts";
import { RefusedError } from "./http.ts";

const limits = { firstByteMs: 300, idleMs: 300 };
const path = "/github/file";
const content = Buffer.from("0123456789".repeat(10_000));

let server: ReleaseServer;
let directory: string;

beforeEach(async () => {
  server = await startReleaseServer();
  server.files.set(path, content);
  directory = await mkdtemp(join(tmpdir(), "kubedrill-fetch-"));
});

afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

const file = () => ({ url: new URL(path, server.servers.github).href, sha256: sum(content) });
const fetchIt = () => fetchVerified(file(), { directory, limits });
const ranges = () => server.requests.map((request) => request.range);

describe("fetchVerified", () => {
  it("keeps a file whose sum is right, and does not ask for it again", async () => {
    const got = await fetchIt();
    expect(await readFile(got)).toEqual(content);
    expect(await fetchIt()).toBe(got);
    expect(server.requests).toHaveLength(1);
  });

  it("refuses a file whose sum is wrong and keeps nothing of it", async () => {
    server.files.set(path, Buffer.concat([content, Buffer.from("x")]));
    await expect(fetchIt()).rejects.toThrow(ChecksumError);
    expect(await readdir(directory)).toEqual([]);
  });

  it("refuses a file that ends early without an error, and keeps nothing of it", async () => {
    server.files.set(path, content.subarray(0, 50_000));
    await expect(fetchIt()).rejects.toThrow(ChecksumError);
    expect(await readdir(directory)).toEqual([]);
  });

  it("tries again by itself when a connection was cut", async () => {
    server.misbehave.set(path, { kind: "cut", afterBytes: 40_000 });
    expect(await readFile(await fetchIt())).toEqual(content);
    expect(server.requests).toHaveLength(2);
  });

  it("keeps what came before the server went silent, and the next run asks only for the rest", async () => {
    server.misbehave.set(path, { kind: "stall", afterBytes: 10_000 });
    await expect(fetchIt()).rejects.toThrow();
    expect(await readdir(directory)).toEqual([`${sum(content)}.part`]);
    server.misbehave.clear();
    server.requests.length = 0;
    expect(await readFile(await fetchIt())).toEqual(content);
    expect(ranges()).toEqual(["bytes=30000-"]);
    expect(await readdir(directory)).toEqual([sum(content)]);
  });

  it("begins anew where the server does not know ranges", async () => {
    server.withoutRange.add(path);
    await writeFile(join(directory, `${sum(content)}.part`), content.subarray(0, 777));
    expect(await readFile(await fetchIt())).toEqual(content);
  });

  it("begins anew when what was left is of something else", async () => {
    await writeFile(join(directory, `${sum(content)}.part`), "something else");
    expect(await readFile(await fetchIt())).toEqual(content);
    expect(ranges()).toEqual(["bytes=14-", undefined]);
  });

  it("finishes when only the renaming was missing", async () => {
    await writeFile(join(directory, `${sum(content)}.part`), content);
    expect(await readFile(await fetchIt())).toEqual(content);
  });

  it("gives up on a server that never answers", async () => {
    server.misbehave.set(path, { kind: "hang" });
    await expect(fetchIt()).rejects.toThrow(/no answer within 0.3 s/);
    expect(await readdir(directory)).toEqual([]);
  });

  it("does not ask again for what is not there", async () => {
    server.files.delete(path);
    await expect(fetchIt()).rejects.toThrow(RefusedError);
    expect(server.requests).toHaveLength(1);
  });

  it("ends at once when it is interrupted", async () => {
    server.misbehave.set(path, { kind: "hang" });
    const controller = new AbortController();
    const running = fetchVerified(file(), {
      directory,
      limits: { firstByteMs: 60_000, idleMs: 60_000 },
      signal: controller.signal,
    });
    controller.abort(new Error("interrupted"));
    await expect(running).rejects.toThrow("interrupted");
  });
});
