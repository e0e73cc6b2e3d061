import { afterEach, expect, test } from "vitest";
import { until } from "../base/until.ts";
import { nowUs } from "./engine/clock.ts";
import type { Exchange } from "./engine/tally.ts";
import { startLoad } from "./load.ts";
import { oddServer, type Behaviour, type OddServer } from "./testing/odd-server.ts";
import { testPlan } from "./testing/plan.ts";

const engines = ["sockets", "autocannon"] as const;

const servers: OddServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((each) => each.stop()));
});

async function serve(behave: (count: number) => Behaviour = () => "ok", port = 0): Promise<OddServer> {
  const server = await oddServer(behave, port);
  servers.push(server);
  return server;
}

test.each(engines)(
  "sends exactly so many requests over so many connections, with two threads (%s)",
  async (engine) => {
    const server = await serve();
    const result = await startLoad(
      testPlan(server.port, { engine, connections: 5, maxRequests: 503, workers: 2 }),
    ).result;
    expect(result).toMatchObject({
      sent: 503,
      answered: 503,
      failed: 0,
      inFlight: 0,
      statuses: { 200: 503 },
    });
    expect(server).toMatchObject({ requests: 503, connections: 5 });
    expect(result).toMatchObject({ connections: 5, reused: 498, bodyBytes: 503 * 5 });
    expect(result.histograms.connect.totalCount).toBe(5);
    expect(result.document).toEqual({ server: "odd", bytes: 5 });
  },
);

test("without keep-alive every request has a connection of its own, with its time to connect", async () => {
  const server = await serve();
  const result = await startLoad(testPlan(server.port, { keepAlive: false, maxRequests: 100 })).result;
  expect(result).toMatchObject({ sent: 100, answered: 100, connections: 100, reused: 0 });
  expect(server).toMatchObject({ requests: 100, connections: 100 });
  expect(result.histograms.connect.totalCount).toBe(100);
});

test.each(engines)(
  "a server that ends a kept connection after its answer has failed nobody (%s)",
  async (engine) => {
    const server = await serve((count) => (count % 5 === 0 ? "last" : "ok"));
    const result = await startLoad(testPlan(server.port, { engine, connections: 3, maxRequests: 100 }))
      .result;
    expect(result).toMatchObject({ sent: 100, answered: 100, failed: 0 });
    expect(server.requests).toBe(100);
  },
);

test("method, headers and body arrive as given", async () => {
  const server = await serve();
  const plan = testPlan(server.port, {
    method: "PUT",
    headers: [
      ["Host", "shop.example"],
      ["X-Two", "2"],
    ],
    body: "content",
    connections: 1,
    maxRequests: 1,
  });
  expect(await startLoad(plan).result).toMatchObject({ answered: 1 });
  expect(server.latest).toMatch(/^PUT \/ HTTP\/1\.1\r\n/);
  expect(server.latest).toMatch(/\r\nHost: shop\.example\r\n/);
  expect(server.latest).toMatch(/\r\nX-Two: 2\r\n/);
  expect(server.latest).toMatch(/\r\nContent-Length: 7\r\n[^]*\r\n\r\ncontent$/);
  expect(server.latest.match(/host:/gi)).toHaveLength(1);
});

test.each([
  ["sockets", true],
  ["sockets", false],
  ["autocannon", true],
] as const)("every failure is counted once, by its kind (%s, keep-alive %s)", async (engine, keepAlive) => {
  const kinds: Behaviour[] = ["ok", "close", "ok", "mid-body", "error", "reset", "ok", "silent"];
  const server = await serve((count) => kinds[count % kinds.length] ?? "ok");
  const plan = testPlan(server.port, {
    engine,
    keepAlive,
    connections: 8,
    maxRequests: 160,
    timeoutMs: 1000,
  });
  const { sent, answered, failed, failures } = await startLoad(plan).result;
  const did = (...each: Behaviour[]) => each.reduce((sum, kind) => sum + (server.did[kind] ?? 0), 0);
  expect(sent).toBe(160);
  expect(answered + failed).toBe(160);
  expect(Object.keys(failures).sort()).toEqual(["mid-body", "non-2xx", "reset", "timeout"]);
  // On a starved machine a request can be too late, whatever the server did; nothing else can differ from its record.
  const late = (failures.timeout ?? 0) - did("silent") - (160 - server.requests);
  expect(late).toBeGreaterThanOrEqual(0);
  expect(did("ok") - answered).toBeLessThanOrEqual(late);
  expect(did("error") - (failures["non-2xx"] ?? 0)).toBeLessThanOrEqual(late);
  expect(did("mid-body") - (failures["mid-body"] ?? 0)).toBeLessThanOrEqual(late);
  expect(did("close", "reset") - (failures.reset ?? 0)).toBeLessThanOrEqual(late);
});

test.each(engines)("goes on after the target was away, and asks seldom meanwhile (%s)", async (engine) => {
  const first = await serve();
  const exchanges: Exchange[] = [];
  const running = startLoad(testPlan(first.port, { engine, connections: 3, eachRequest: true }), {
    onRequest: (exchange) => exchanges.push(exchange),
  });
  await until(() => first.requests > 50, { what: "requests", timeoutMs: 20_000, intervalMs: 5 });
  await first.stop();
  const awayUs = nowUs();
  const refused = () => exchanges.filter((each) => each.failure === "refused").length;
  await until(() => refused() >= 9, { what: "refusals", timeoutMs: 20_000, intervalMs: 5 });
  const second = await serve(() => "ok", first.port);
  const backUs = nowUs();
  await until(() => second.requests > 50, { what: "requests again", timeoutMs: 20_000, intervalMs: 5 });
  const result = await running.stop();

  // 10, 20, 40, … ms: in a second no connection can have asked more than eight times.
  const asked = exchanges.filter((each) => each.startUs > awayUs && each.startUs < backUs).length;
  expect(asked).toBeLessThanOrEqual(3 * (8 + 2 * Math.ceil((backUs - awayUs) / 1e6)));
  expect(result.sent).toBe(exchanges.length);
  expect(result.inFlight).toBe(0);
  // No answer belongs to another request: each ended after it had begun, and none spans the outage.
  const good = exchanges.filter((each) => each.failure === null);
  expect(good).toHaveLength(result.answered);
  expect(result.answered).toBeLessThanOrEqual(first.requests + second.requests);
  expect(good.filter((each) => each.startUs < awayUs - 1000 && each.endUs > backUs)).toEqual([]);
  expect(good.every((each) => each.firstByteUs >= each.startUs && each.endUs >= each.firstByteUs)).toBe(true);
});

test.each(engines)("stop waits for what is in flight (%s)", async (engine) => {
  const server = await serve(() => "later");
  const running = startLoad(testPlan(server.port, { engine, connections: 3 }));
  await until(() => server.requests === 3, { what: "three requests", timeoutMs: 20_000, intervalMs: 5 });
  const stopping = running.stop();
  server.release();
  // What was begun between stop and its arrival in the thread is let go too.
  const letGo = setInterval(() => {
    server.release();
  }, 5);
  const result = await stopping.finally(() => {
    clearInterval(letGo);
  });
  expect(result).toMatchObject({ failed: 0, inFlight: 0 });
  expect(result.answered).toBe(server.requests);
});

test("a stall is felt by everybody who would have come meanwhile", async () => {
  let stalled = false;
  const server = await serve(() => (stalled ? "later" : "ok"));
  const exchanges: Exchange[] = [];
  const plan = testPlan(server.port, {
    connections: 4,
    arrival: { kind: "constant", rateHz: 200, spin: false, seed: 1 },
    durationMs: 60_000,
    eachRequest: true,
  });
  const running = startLoad(plan, { onRequest: (exchange) => exchanges.push(exchange) });
  await until(() => exchanges.length > 50, { what: "requests", timeoutMs: 20_000, intervalMs: 5 });
  stalled = true;
  const kept = () => server.did.later ?? 0;
  await until(() => kept() >= 4, { what: "the stall", timeoutMs: 20_000, intervalMs: 5 });
  const fromUs = nowUs();
  await until(() => nowUs() - fromUs > 500_000, { what: "half a second", timeoutMs: 20_000, intervalMs: 5 });
  const toUs = nowUs();
  stalled = false;
  server.release();
  await until(() => exchanges.length > 250, { what: "requests again", timeoutMs: 20_000, intervalMs: 5 });
  const result = await running.stop();

  // Only four reached the server in the stall; two hundred a second were due, and every one of them waited for its end.
  const felt = exchanges.filter((each) => each.intendedUs > fromUs && each.intendedUs < toUs);
  expect(felt.length).toBeGreaterThanOrEqual(Math.floor((toUs - fromUs) / 5000) - 1);
  expect(felt.every((each) => each.endUs >= toUs)).toBe(true);
  expect(kept()).toBe(4);
  const longest = Math.max(...felt.map((each) => each.endUs - each.intendedUs));
  expect(result.histograms.total.maxValue).toBeGreaterThanOrEqual(longest);
  expect(result.queued).toBeGreaterThanOrEqual(felt.length - 4);
});

test("percentiles are those of the delays that the server made", async () => {
  // One in ten waits for two hundred others or so; the truth is the server's own record.
  const server = await serve((count) => (count % 10 === 0 ? "later" : "ok"));
  const slow = setInterval(() => {
    server.release();
  }, 400);
  const plan = testPlan(server.port, {
    connections: 50,
    arrival: { kind: "constant", rateHz: 100, spin: false, seed: 1 },
    maxRequests: 300,
    eachRequest: true,
  });
  const exchanges: Exchange[] = [];
  const result = await startLoad(plan, { onRequest: (each) => exchanges.push(each) }).result.finally(() => {
    clearInterval(slow);
  });
  const truth = exchanges.map((each) => each.endUs - each.intendedUs).toSorted((a, b) => a - b);
  expect(truth).toHaveLength(300);
  for (const percentile of [50, 90, 95, 99]) {
    const exact = truth[Math.ceil((percentile / 100) * truth.length) - 1] ?? Number.NaN;
    expect(Math.abs(result.histograms.total.getValueAtPercentile(percentile) - exact)).toBeLessThanOrEqual(
      Math.max(100, exact * 0.02),
    );
  }
});

test("who waits too long for a connection has timed out as well", async () => {
  const server = await serve(() => "silent");
  const plan = testPlan(server.port, {
    connections: 2,
    arrival: { kind: "poisson", rateHz: 100, spin: false, seed: 1 },
    maxRequests: 40,
    timeoutMs: 150,
  });
  const result = await startLoad(plan).result;
  expect(result).toMatchObject({ sent: 40, answered: 0, failed: 40, failures: { timeout: 40 } });
  // Two connections hang; the others were never begun, or in place of one that had timed out.
  expect(result.queued).toBeGreaterThan(0);
  expect(server.requests).toBeLessThanOrEqual(40);
});

test("a port that refuses does so to every request of an open loop", async () => {
  const server = await serve();
  await server.stop();
  const plan = testPlan(server.port, {
    arrival: { kind: "constant", rateHz: 200, spin: false, seed: 1 },
    maxRequests: 30,
  });
  expect(await startLoad(plan).result).toMatchObject({ sent: 30, failed: 30, failures: { refused: 30 } });
});
