// Of many objects, changes are gathered for a moment; none may be lost by that, and none may come after a blindness.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { until } from "../base/until.ts";
import type { KubeAccess } from "../kube/access.ts";
import { testApiServer } from "../kube/testing/api-server.ts";
import { testCertificates, type TestCertificates } from "../kube/testing/certificates.ts";
import { Recorder } from "../timeline/recorder.ts";
import { watchProbe } from "./watch-probe.ts";

let certificates: TestCertificates;

beforeAll(async () => {
  certificates = await testCertificates();
});

async function scene(objects: number) {
  const server = await testApiServer(certificates);
  for (let index = 0; index < objects; index += 1) server.put(`thing-${String(index)}`, "old");
  const recorder = new Recorder(join(await mkdtemp(join(tmpdir(), "kubedrill-")), "timeline.jsonl"));
  const seen = { looks: 0, changes: 0 };
  const probe = watchProbe<string>({
    info: { probe: "things", title: "Things", group: "workload" },
    access: {
      credentials: certificates.client,
      endpoints: [{ name: "vip", host: "127.0.0.1", port: server.port, serverName: "kubernetes" }],
    } as unknown as KubeAccess,
    path: "/api/v1/things",
    pick: (object) => String(object.data),
    onChange: () => {
      seen.changes += 1;
    },
    onObjects: (values, { book }) => {
      seen.looks += 1;
      book.set("new", values.filter((each) => each === "new").length);
    },
  });
  let stopped = false;
  const stop = async () => {
    if (!stopped) await probe.stop();
    stopped = true;
  };
  onTestFinished(async () => {
    await stop();
    recorder.close();
    await server.close();
  });
  await probe.start(recorder);
  return { server, recorder, seen, stop };
}

test.each([
  ["few objects are looked through at every change", 20, 50],
  ["many objects are looked through once for many changes", 1000, 5],
])("%s", async (_, objects, looksMax) => {
  const { server, recorder, seen } = await scene(objects);
  const before = { ...seen };
  for (let index = 0; index < 20; index += 1) server.put(`thing-${String(index)}`, "new");
  const last = () => recorder.store.states.get("things")?.get("new")?.at(-1)?.value;
  await until(() => last() === 20, { what: "all changes", timeoutMs: 5000, intervalMs: 20 });
  expect(seen.changes - before.changes).toBe(20);
  expect(seen.looks - before.looks).toBeLessThanOrEqual(looksMax);
});

test("what was gathered when the probe stops is not lost", async () => {
  const { server, recorder, seen, stop } = await scene(1000);
  const before = seen.changes;
  server.put("thing-1", "new");
  await until(() => seen.changes > before, { what: "the change", timeoutMs: 5000, intervalMs: 5 });
  await stop();
  expect(recorder.store.states.get("things")?.get("new")?.at(-1)?.value).toBe(1);
});
