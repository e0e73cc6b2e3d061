// Real worker servers under load of a real web server; between them and the harness only the API is made up.
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { request } from "undici";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { testWorld } from "../faults/testing/world.ts";
import type { World } from "../lab/world.ts";
import type { LoadPlan } from "../load/engine/plan.ts";
import { testPlan } from "../load/testing/plan.ts";
import { clockDistance } from "./clocks.ts";
import { jobManifests } from "./manifests.ts";
import { distributedLoad, sharesOfPods } from "./run.ts";
import { serveWorker, type WorkerServer } from "./worker.ts";

let target: Server;
let served = 0;
let port = 0;

beforeEach(async () => {
  vi.stubEnv("KUBEDRILL_STATE", await mkdtemp(join(tmpdir(), "kubedrill-distributed-")));
  served = 0;
  target = createServer((_, response) => {
    served += 1;
    response.end("hello");
  }).listen(0, "127.0.0.1");
  await once(target, "listening");
  const address = target.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
});

afterEach(() => {
  target.close();
  target.closeAllConnections();
  vi.unstubAllEnvs();
});

function planOf(changes: Partial<LoadPlan> = {}): LoadPlan {
  return testPlan(port, {
    connections: 6,
    maxRequests: 600,
    durationMs: 20_000,
    timeoutMs: 5000,
    ...changes,
  });
}

interface Cluster {
  world: World;
  workers: WorkerServer[];
  /** Names of pods that are not there any more. */
  gone: Set<string>;
  asked: string[];
}

/** As many workers as there are clocks; each is that many ms ahead of this host. */
function clusterOf(count: number): Cluster {
  let token = "";
  const workers: WorkerServer[] = [];
  const gone = new Set<string>();
  const asked: string[] = [];
  let namespace = false;
  const { world } = testWorld({ m1: "running" });
  const raw: World["kube"]["main"]["raw"] = async (method, path, { body }) => {
    asked.push(`${method} ${path}`);
    const proxied = /pods\/http:worker-(\d):8080\/proxy(\/\w+)$/.exec(path);
    if (proxied !== null) {
      const worker = workers[Number(proxied[1])];
      const answer = await request(`http://127.0.0.1:${String(worker?.port)}${proxied[2] ?? ""}`, {
        method: method as "GET",
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(text);
      return JSON.parse(text) as unknown;
    }
    if (path.includes("/secrets/")) {
      token = (body as { stringData: { token: string } }).stringData.token;
      workers.push(...(await Promise.all(Array.from({ length: count }, () => serveWorker(token, 0)))));
    }
    if (method === "DELETE") namespace = false;
    else if (method !== "GET") namespace = true;
    return namespace ? { metadata: { labels: { "app.kubernetes.io/managed-by": "kubedrill" } } } : undefined;
  };
  const listNamespacedPod = () =>
    Promise.resolve({
      items: workers.flatMap((_, index) => {
        const name = `worker-${String(index)}`;
        const labels = { "batch.kubernetes.io/job-completion-index": String(index) };
        const status = { conditions: [{ type: "Ready", status: "True" }] };
        return gone.has(name) ? [] : [{ metadata: { name, labels }, spec: { nodeName: "w1" }, status }];
      }),
    });
  Object.assign(world.kube.main, { raw, core: { listNamespacedPod } });
  return { world, workers, gone, asked };
}

const job = { namespace: "kubedrill-load-test", image: "load", nodeSelector: {}, notOn: [] };
const signal = new AbortController().signal;

describe("a load from several workers", () => {
  it("is the sum of what each did, begun together, and leaves nothing", async () => {
    const { world, workers, asked } = clusterOf(3);
    const { result, workers: figures } = await distributedLoad(
      world,
      planOf(),
      { ...job, workers: 3 },
      { signal, say: () => undefined },
    );
    expect(result).toMatchObject({ sent: 600, answered: 600, failed: 0, inFlight: 0 });
    // One more each: that the target is there at all is tried without a request.
    expect(served).toBe(600);
    expect(result.histograms.total.totalCount).toBe(600);
    expect(figures.map(({ sent }) => sent)).toEqual([200, 200, 200]);
    for (const { startedAfterMs } of figures) expect(startedAfterMs).toBeGreaterThanOrEqual(0);
    await Promise.all(workers.map((each) => each.over));
    for (const each of workers) each.close();
    expect(asked.at(-1)).toMatch(/^GET .*kubedrill-load-test$/);
    expect(asked.filter((each) => each.startsWith("DELETE"))).toHaveLength(1);
  });

  it("is no result when a worker is lost on the way, and names it", async () => {
    const { world, workers, gone } = clusterOf(2);
    const load = distributedLoad(
      world,
      planOf({ maxRequests: null, durationMs: 20_000 }),
      { ...job, workers: 2 },
      {
        signal,
        say: (line) => {
          if (line.startsWith("all begin")) gone.add("worker-1");
        },
      },
    );
    await expect(load).rejects.toThrow(/not complete: worker 1 on w1 is gone/);
    for (const each of workers) each.close();
  });

  it("says which worker does not reach the target", async () => {
    const { world, workers } = clusterOf(1);
    target.close();
    const load = distributedLoad(world, planOf(), { ...job, workers: 1 }, { signal, say: () => undefined });
    await expect(load).rejects.toThrow(/worker 0 on w1: .*Nothing listens at 127\.0\.0\.1 port/);
    for (const each of workers) each.close();
  });
});

describe("shares", () => {
  it("add up to the whole over pods and threads", () => {
    const pods = sharesOfPods(planOf({ connections: 10, maxRequests: 101, workers: 2 }), 3);
    expect(pods.map((each) => each.length)).toEqual([2, 2, 2]);
    const sum = (of: (share: (typeof pods)[number][number]) => number) =>
      pods.flat().reduce((total, each) => total + of(each), 0);
    expect(sum(({ connections }) => connections)).toBe(10);
    expect(sum(({ maxRequests }) => maxRequests ?? 0)).toBe(101);
  });

  it("refuse workers with nothing to do", () => {
    expect(() => sharesOfPods(planOf({ connections: 2 }), 3)).toThrow(/3 workers need at least as many/);
  });
});

describe("a worker", () => {
  it("takes orders only from who knows its token, and one only", async () => {
    const worker = await serveWorker("right", 0);
    const ask = async (path: string, body: unknown) => {
      const answer = await request(`http://127.0.0.1:${String(worker.port)}${path}`, {
        method: "POST",
        body: JSON.stringify(body),
      });
      return { status: answer.statusCode, text: await answer.body.text() };
    };
    expect(await ask("/start", { token: "wrong", atMs: Date.now() + 1000 })).toMatchObject({ status: 409 });
    expect((await ask("/start", { token: "right", atMs: Date.now() + 1000 })).text).toMatch(
      /idle, not ready/,
    );
    expect(await ask("/order", { token: "right" })).toMatchObject({ status: 400 });
    expect(await ask("/nowhere", {})).toMatchObject({ status: 404 });
    worker.close();
  });
});

describe("clocks", () => {
  it("are told by the quickest of several answers", async () => {
    let now = 1000;
    const delays = [40, 2, 30, 30, 30].values();
    const distance = await clockDistance(
      () => {
        const delay = delays.next().value ?? 0;
        now += delay;
        return Promise.resolve({ clockMs: now - delay / 2 + 5000 });
      },
      () => now,
    );
    expect(distance).toEqual({ distanceMs: 5000, uncertaintyMs: 1 });
  });
});

describe("the job", () => {
  it("keeps away from the target's nodes, and shows no token", () => {
    const options = { ...job, workers: 4, notOn: ["w1", "w2"], deadlineSeconds: 60 };
    const [, , made] = jobManifests(options, "secret");
    expect(JSON.stringify(made)).not.toContain('"secret"');
    expect(made?.body.spec).toMatchObject({
      completions: 4,
      parallelism: 4,
      completionMode: "Indexed",
      backoffLimit: 0,
      activeDeadlineSeconds: 60,
    });
    expect(JSON.stringify(made)).toContain("NotIn");
  });
});
