// Users against a server that is there only after a while, as a route that was just made.
import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Recorder } from "../timeline/recorder.ts";
import { labOf } from "../verdict/testing/lab.ts";
import { hostOf } from "../workloads/manifests.ts";
import type { Session } from "./session.ts";
import { loadId, users, withUsers } from "./users.ts";

/** @param unready so many requests are answered with 404 first */
async function scene(unready: number) {
  const seen = { asked: 0, hosts: new Set<string>() };
  const server = createServer((request, response) => {
    seen.asked += 1;
    seen.hosts.add(request.headers.host ?? "");
    response.writeHead(seen.asked > unready ? 200 : 404).end("web-1");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const recorder = new Recorder(join(await mkdtemp(join(tmpdir(), "kubedrill-")), "timeline.jsonl"));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    recorder.close();
  });
  const { port } = server.address() as AddressInfo;
  const { topology } = labOf();
  const asked: string[] = [];
  const lines: string[] = [];
  const session = {
    recorder,
    topology: { ...topology, ingress: { machines: ["w1", "w2"], httpPort: port } },
    world: {
      machine(name: string) {
        asked.push(name);
        return { name, address: "127.0.0.1" };
      },
    },
    workload: {
      subject: { way: { host: "demo.kubedrill.internal", path: "/hostname", contains: "web-", nodePort: 1 } },
    },
    progress: { line: (text: string) => lines.push(text) },
    signal: new AbortController().signal,
  };
  return { session: session as unknown as Session, seen, asked, lines, recorder };
}

test("the body begins when a second of users was served, and they come until it has ended", async () => {
  const unready = 10;
  const { session, seen, asked, lines, recorder } = await scene(unready);
  let askedBefore = 0;
  await withUsers(session, {}, () => {
    askedBefore = seen.asked;
    return Promise.resolve();
  });
  expect(askedBefore).toBeGreaterThanOrEqual(unready + users.rateHz);
  expect(asked).toEqual(["w1"]);
  expect([...seen.hosts]).toEqual(["demo.kubedrill.internal"]);
  expect(recorder.store.probes.get(loadId)?.title).toBe("Load through the ingress on w1");
  expect(recorder.store.samples.get(loadId)?.length).toBe(seen.asked);
  expect(lines.at(-1)).toBe(`load: ${String(seen.asked)} requests, ${String(unready)} failed`);
});

test("they come to a drill's own application, through the entrance that it names; what the body throws ends them", async () => {
  const { session, seen, asked, lines } = await scene(0);
  const broken = withUsers(session, { app: "edge", entrance: "w2" }, () =>
    Promise.reject(new Error("broken off")),
  );
  await expect(broken).rejects.toThrow("broken off");
  expect(asked).toEqual(["w2"]);
  expect([...seen.hosts]).toEqual([hostOf("edge")]);
  expect(lines).toHaveLength(1);
});

test("nobody comes where nothing leads to the workload, and that is said", async () => {
  const { session, seen, lines } = await scene(0);
  const { workload } = session;
  const closed = { ...workload, subject: { ...workload.subject, way: null } };
  let done = false;
  await withUsers({ ...session, workload: closed }, {}, () => {
    done = true;
    return Promise.resolve();
  });
  expect(done).toBe(true);
  expect(seen.asked).toBe(0);
  expect(lines).toEqual(["no users: nothing leads to the workload over HTTP"]);
});
