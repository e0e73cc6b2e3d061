import { execa } from "execa";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { withBuildLock } from "./build-lock.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kubedrill-lock-"));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

const silent = { onWait: () => undefined };

it("lets one in at a time, and tells the one that waits", async () => {
  const events: string[] = [];
  const waiting = Promise.withResolvers<undefined>();
  const onWait = () => {
    waiting.resolve(undefined);
  };
  const entered = Promise.withResolvers<undefined>();
  const first = withBuildLock(root, silent, async () => {
    entered.resolve(undefined);
    await waiting.promise;
    events.push("first ends");
  });
  await entered.promise;
  const second = withBuildLock(root, { onWait }, () => {
    events.push("second begins");
    return Promise.resolve();
  });
  await Promise.all([first, second]);
  expect(events).toEqual(["first ends", "second begins"]);
});

it("gives the lock back when the work fails", async () => {
  const failing = withBuildLock(root, silent, () => Promise.reject(new Error("broken")));
  await expect(failing).rejects.toThrow("broken");
  expect(await withBuildLock(root, silent, () => Promise.resolve("in"))).toBe("in");
});

it("is free again after its holder was killed", async () => {
  const program = `
    import { withBuildLock } from ${JSON.stringify(join(import.meta.dirname, "build-lock.ts"))};
    await withBuildLock(${JSON.stringify(root)}, { onWait() {} }, async () => {
      console.log("held");
      await new Promise((resolve) => setTimeout(resolve, 600_000));
    });`;
  const holder = execa(process.execPath, ["--input-type=module", "-e", program], { reject: false });
  await new Promise((resolve) => holder.stdout.once("data", resolve));
  holder.kill("SIGKILL");
  await holder;
  expect(await withBuildLock(root, { ...silent, timeoutMs: 10_000 }, () => Promise.resolve("in"))).toBe("in");
});

it("gives up waiting when interrupted", async () => {
  const controller = new AbortController();
  await withBuildLock(root, silent, async () => {
    const second = withBuildLock(root, { ...silent, signal: controller.signal }, () => Promise.resolve());
    controller.abort();
    await expect(second).rejects.toThrow();
  });
});
