import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkRecipients, identitiesIn } from "./age.ts";
import { s3Target } from "./credentials.ts";

const environment = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" };
const choice = { remote: "s3://backups/lab/", region: "us-east-1" };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kubedrill-remote-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function file(text: string, mode = 0o600): string {
  const path = join(folder, "file");
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe("a store", () => {
  it("is a bucket, a prefix, and a key pair from the environment", async () => {
    expect(await s3Target(choice, environment)).toMatchObject({
      bucket: "backups",
      prefix: "lab/",
      credentials: { accessKeyId: "id", secretAccessKey: "secret" },
    });
    expect((await s3Target({ ...choice, remote: "s3://backups" }, environment)).prefix).toBe("");
  });

  it("has its key pair from a file when one is named", async () => {
    const credentials = file("[default]\naws_access_key_id = a\naws_secret_access_key=b\n");
    expect((await s3Target({ ...choice, credentials }, environment)).credentials).toEqual({
      accessKeyId: "a",
      secretAccessKey: "b",
    });
  });

  it.each<[string, Partial<Parameters<typeof s3Target>[0]>, Record<string, string>]>([
    ["names no bucket", { remote: "https://backups" }, environment],
    ["names no bucket", { remote: "s3://" }, environment],
    ["is no address of a store", { endpoint: "s3.example.org" }, environment],
    ["No key pair for the store is given", {}, { AWS_ACCESS_KEY_ID: "id" }],
    ["The key pair cannot be read", { credentials: "/nowhere/keys" }, environment],
  ])("that is wrong is refused: %s", async (why, change, given) => {
    await expect(s3Target({ ...choice, ...change }, given)).rejects.toThrow(why);
  });

  it("takes no key pair from a file that others can read, or that has none", async () => {
    const open = file("aws_access_key_id=a\naws_secret_access_key=b\n", 0o644);
    await expect(s3Target({ ...choice, credentials: open }, {})).rejects.toThrow("can be read by others");
    const empty = file("[default]\n");
    await expect(s3Target({ ...choice, credentials: empty }, {})).rejects.toThrow(
      "has no aws_access_key_id and aws_secret_access_key",
    );
  });
});

describe("age", () => {
  it("takes recipients and nothing else", () => {
    expect(() => {
      checkRecipients(["AGE-SECRET-KEY-1"]);
    }).toThrow(/^What was given is no recipient of age: (?!.*SECRET)/);
  });

  it("takes identities from a file for its owner only", async () => {
    const key = "AGE-SECRET-KEY-1QQQ";
    expect(await identitiesIn(file(`# created: today\n${key}\n`))).toEqual([key]);
    await expect(identitiesIn(file(key, 0o640))).rejects.toThrow("can be read by others (mode 640)");
    await expect(identitiesIn(file("nothing"))).rejects.toThrow("has no AGE-SECRET-KEY");
  });
});
