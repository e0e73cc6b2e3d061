import { mkdtemp } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { until } from "../base/until.ts";
import { Recorder } from "../timeline/recorder.ts";
import { startSteadyLoad } from "./steady-load.ts";

let server: Server | undefined;
afterEach(() => server?.close());

async function load(answer: (count: number) => "ok" | "error" | "close") {
  let count = 0;
  server = createServer((request, response) => {
    count += 1;
    const how = answer(count);
    if (how === "close") request.socket.end();
    else response.writeHead(how === "ok" ? 200 : 503).end("x");
  });
  await new Promise<void>((done) => server?.listen(0, "127.0.0.1", done));
  const recorder = new Recorder(join(await mkdtemp(join(tmpdir(), "kubedrill-")), "timeline.jsonl"));
  const { port } = server.address() as AddressInfo;
  const running = await startSteadyLoad(recorder, {
    id: "load.test",
    title: "load",
    url: `http://127.0.0.1:${String(port)}/`,
    host: "demo",
    connections: 2,
    rateHz: 50,
    timeoutMs: 2000,
  });
  await until(() => count >= 10, { what: "ten requests", timeoutMs: 10_000 });
  const totals = await running.stop();
  recorder.close();
  const series = recorder.store.samples.get("load.test");
  const samples = Array.from({ length: series?.length ?? 0 }, (_, index) => series?.at(index));
  return { totals, samples };
}

test("every request is answered or failed", async () => {
  const { totals, samples } = await load(() => "ok");
  expect(totals.failed).toBe(0);
  expect(totals.sent).toBe(totals.answered);
  expect(samples).toHaveLength(totals.answered);
});

test("an error status is a failure with its status", async () => {
  const { totals, samples } = await load((count) => (count === 3 ? "error" : "ok"));
  expect(totals.failed).toBe(1);
  expect(samples.find((sample) => sample?.ok === false)?.error).toBe("http 503");
});

test("a connection closed in the middle of a request is a failure", async () => {
  const { totals } = await load((count) => (count === 3 ? "close" : "ok"));
  expect(totals.failed).toBe(1);
  expect(totals.sent).toBe(totals.answered + totals.failed);
});
