// Against a small API server that speaks list and watch over TLS, through relays that can be cut or fall silent.
import { beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { until } from "../base/until.ts";
import type { ApiEndpoint } from "./access.ts";
import type { WatchChange } from "./inventory.ts";
import { testApiServer, type TestApiServer } from "./testing/api-server.ts";
import { testCertificates, type TestCertificates } from "./testing/certificates.ts";
import { relayTo, type Relay } from "./testing/relay.ts";
import { watchResource } from "./watch.ts";

let certificates: TestCertificates;
let server: TestApiServer;
let vip: Relay;
let direct: Relay;

beforeAll(async () => {
  certificates = await testCertificates();
});
beforeEach(async () => {
  server = await testApiServer(certificates);
  vip = await relayTo(server.port);
  direct = await relayTo(server.port);
  return async () => {
    await vip.close();
    await direct.close();
    await server.close();
  };
});

test("a large collection is listed in pages and then followed", async () => {
  for (let index = 0; index < 1201; index += 1) server.put(`thing-${String(index)}`, "old");
  const watch = watching();
  await watch.sight(1);
  expect(watch.changes.map((each) => each.value)).toEqual(Array.from({ length: 1201 }, () => "old"));
  expect(watch.changes.every((each) => each.type === "added" && each.seen === "resync")).toBe(true);
  expect(server.requests.filter((each) => each.includes("continue=")).length).toBe(2);
  watch.changes.length = 0;
  server.put("thing-7", "new");
  server.remove("thing-8");
  server.put("another", "new");
  await watch.count(3);
  expect(watch.changes.map(brief)).toEqual([
    "updated thing-7 old→new live",
    "deleted thing-8 old live",
    "added another new live",
  ]);
  expect(watch.lost).toEqual([]);
});

test("a watch that the server ends goes on where it ended, from the bookmark, without a new list", async () => {
  server.put("a", "1");
  const watch = watching();
  await watch.sight(1);
  await until(() => watchRequests().length === 1, { what: "the watch", timeoutMs: 5000, intervalMs: 20 });
  server.compact();
  server.bookmark();
  // The server's shortest watch in real life is minutes; one that ends within a second would be a failure.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  server.endWatches();
  await until(() => watchRequests().length === 2, {
    what: "a second watch",
    timeoutMs: 5000,
    intervalMs: 20,
  });
  expect(watchRequests()[1]).toContain("resourceVersion=1002");
  server.put("b", "2");
  await watch.count(2);
  expect(brief(watch.changes[1])).toBe("added b 2 live");
  expect(watch.lost).toEqual([]);
});

test("an expired history (410) leads to a new list whose differences are reported", async () => {
  server.put("stays", "1");
  server.put("goes", "1");
  server.put("again", "1");
  const watch = watching(["vip"]);
  await watch.sight(1);
  watch.changes.length = 0;
  await vip.cut();
  await watch.loss(1);
  server.put("stays", "2");
  server.remove("goes");
  server.remove("again");
  server.put("again", "2");
  server.compact();
  await vip.restore();
  await watch.sight(2);
  expect(watch.changes.map(brief).sort()).toEqual([
    "added again 2 resync",
    "deleted again 1 resync",
    "deleted goes 1 resync",
    "updated stays 1→2 resync",
  ]);
  expect(watch.changes.findIndex((each) => each.type === "deleted")).toBe(0);
  server.put("live", "3");
  await watch.count(5);
  expect(brief(watch.changes[4])).toBe("added live 3 live");
});

test("410 on a running watch is answered by a new list at once", async () => {
  server.put("a", "1");
  const watch = watching();
  await watch.sight(1);
  await until(() => watchRequests().length === 1, { what: "the watch", timeoutMs: 5000, intervalMs: 20 });
  server.compact();
  await new Promise((resolve) => setTimeout(resolve, 1100));
  server.endWatches();
  await watch.sight(2);
  expect(watch.lost.map((each) => each.why)).toEqual(["http 410: too old resource version"]);
});

test("a cut connection is noticed at once, and the next way is taken", async () => {
  server.put("a", "1");
  const watch = watching();
  await watch.sight(1);
  const cutAt = performance.now();
  await vip.cut();
  await watch.sight(2);
  expect(performance.now() - cutAt).toBeLessThan(2000);
  expect(watch.lost).toHaveLength(1);
  expect(watch.lost[0]?.silentMs).toBeLessThan(1200);
  expect(watch.sights.map((each) => each.endpoint)).toEqual(["vip", "cp1"]);
});

test("a connection that falls silent is noticed by unanswered pings, and the blind time is dated back", async () => {
  server.put("a", "1");
  const watch = watching();
  await watch.sight(1);
  vip.silence();
  const silentAt = performance.now();
  server.put("unseen", "2");
  await watch.loss(1);
  const noticedMs = performance.now() - silentAt;
  expect(noticedMs).toBeLessThan(3500);
  expect(watch.lost[0]?.why).toMatch(/silent for 2/);
  // Sight ended with the last ping that was answered, at most one ping before the silence began.
  expect(watch.lost[0]?.silentMs).toBeGreaterThan(noticedMs - 100);
  expect(watch.lost[0]?.silentMs).toBeLessThan(noticedMs + 800);
  await watch.sight(2);
  expect(watch.sights[1]?.endpoint).toBe("cp1");
  expect(brief(watch.changes.at(-1))).toBe("added unseen 2 resync");
});

test("a server that lives but no longer follows the store is not believed", async () => {
  server.put("a", "1");
  const watch = watching(["vip"]);
  await watch.sight(1);
  server.reads = "fail";
  const failingSince = performance.now();
  await watch.loss(1, 20_000);
  expect(watch.lost[0]?.why).toMatch(/no consistent read for 10 s .*etcdserver: no leader/);
  expect(watch.lost[0]?.silentMs).toBeGreaterThan(performance.now() - failingSince - 100);
  server.reads = "work";
  await watch.sight(2);
});

test("with no way at all it says so once, and comes back by itself", async () => {
  const watch = watching();
  await watch.sight(1);
  await Promise.all([vip.cut(), direct.cut()]);
  await watch.loss(1);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(watch.lost).toHaveLength(1);
  await direct.restore();
  await watch.sight(2, 4000);
  expect(watch.sights[1]?.endpoint).toBe("cp1");
});

interface Watching {
  changes: WatchChange<string>[];
  sights: { endpoint: string; objects: number }[];
  lost: { why: string; silentMs: number }[];
  sight(count: number, timeoutMs?: number): Promise<unknown>;
  loss(count: number, timeoutMs?: number): Promise<unknown>;
  count(changes: number): Promise<unknown>;
}

function watching(endpoints = ["vip", "cp1"]): Watching {
  const stop = new AbortController();
  const watch: Watching = {
    changes: [],
    sights: [],
    lost: [],
    sight: (count, timeoutMs = 10_000) =>
      until(() => watch.sights.length >= count, { what: "sight", timeoutMs, intervalMs: 10 }),
    loss: (count, timeoutMs = 10_000) =>
      until(() => watch.lost.length >= count, { what: "loss", timeoutMs, intervalMs: 10 }),
    count: (changes) =>
      until(() => watch.changes.length >= changes, { what: "changes", timeoutMs: 5000, intervalMs: 10 }),
  };
  const ended = watchResource({
    access: { credentials: certificates.client, endpoints: [endpoint("vip", vip), endpoint("cp1", direct)] },
    endpoints,
    path: "/api/v1/things",
    pick: (object) => String(object.data),
    onChange: (change) => watch.changes.push(change),
    onSight: (sight) => watch.sights.push(sight),
    onLost: (lost) => watch.lost.push(lost),
    signal: stop.signal,
  });
  onTestFinished(async () => {
    stop.abort();
    await ended;
  });
  return watch;
}

function endpoint(name: string, relay: Relay): ApiEndpoint {
  return { name, host: "127.0.0.1", port: relay.port, serverName: "kubernetes" };
}

function watchRequests(): string[] {
  return server.requests.filter((each) => each.includes("watch=1"));
}

function brief(change: WatchChange<string> | undefined): string {
  if (change === undefined) return "";
  const before = change.previous === undefined ? "" : `${change.previous}→`;
  return `${change.type} ${change.meta.name} ${before}${change.value} ${change.seen}`;
}
