// API probes against a small server over real TLS with client certificates.
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { until } from "../base/until.ts";
import { openKubeAccess } from "../kube/open-access.ts";
import type { KubeAccess } from "../kube/access.ts";
import { testCertificates, type TestCertificates } from "../kube/testing/certificates.ts";
import type { Recorder } from "../timeline/recorder.ts";
import { apiReadProbe, type ApiProbeOptions } from "./api.ts";
import { apiWriteProbe, type WriteProbe } from "./api-write.ts";
import type { Connection } from "./connection.ts";
import { configMapServer, type ConfigMapServer } from "./testing/config-map-server.ts";
import { kubeconfigFor } from "./testing/kubeconfig.ts";
import { testRecorder } from "./testing/test-recorder.ts";

let certificates: TestCertificates;
let server: ConfigMapServer;
let kube: KubeAccess;

beforeAll(async () => {
  certificates = await testCertificates();
});
beforeEach(async () => {
  server = await configMapServer(certificates);
  const config = await kubeconfigFor(certificates, server.port);
  const access = await openKubeAccess(config.lab);
  kube = access;
  return async () => {
    await access.close();
    await server.close();
    await config.remove();
  };
});

describe("reads", () => {
  it("make a new connection for every attempt, or keep one", async () => {
    const count = async (connection: Connection) => {
      const recorder = testRecorder();
      const probe = apiReadProbe(options(connection));
      const all = () => recorder.store.samples.get(probe.info.probe)?.within(0, Infinity) ?? [];
      const start = server.connections;
      await probe.start(recorder);
      // Until the first connection answers, every attempt makes its own.
      await samples(recorder, probe.info.probe, 5);
      const warm = server.connections;
      await samples(recorder, probe.info.probe, 15);
      await probe.stop();
      expect(all().filter((each) => !each.ok)).toEqual([]);
      return {
        attempts: all().length,
        connections: server.connections - start,
        later: server.connections - warm,
      };
    };
    const fresh = await count("fresh");
    expect(fresh.connections).toBe(fresh.attempts);
    expect(fresh.later).toBeGreaterThanOrEqual(9);
    expect((await count("kept")).later).toBe(0);
  });

  it("verify the server's name", async () => {
    const recorder = testRecorder();
    const given = options("fresh");
    const probe = apiReadProbe({ ...given, endpoint: { ...given.endpoint, serverName: "somebody-else" } });
    await probe.start(recorder);
    await probe.stop();
    expect(recorder.store.samples.get(probe.info.probe)?.at(0).error).toBe("tls");
  });

  it("declare verb, path and connection", () => {
    expect(apiReadProbe(options("kept")).info).toMatchObject({
      probe: "api.cp1.read.kept",
      group: "api",
      labels: { verb: "read", via: "cp1", connection: "kept" },
    });
    expect(apiReadProbe({ ...options("fresh"), patient: true }).info.probe).toBe("api.cp1.read.patient");
  });
});

describe("a kept connection", () => {
  it("is dropped with all that wait for it when an attempt times out, and made anew afterwards", async () => {
    const recorder = testRecorder();
    const probe = writer("kept", 300);
    await probe.start(recorder);
    await samples(recorder, probe.info.probe, 3);
    const { connections } = server;
    server.patches = "hang";
    await until(() => failed(recorder, probe).length > 5, { what: "failures", timeoutMs: 10_000 });
    server.patches = "work";
    const answered = good(recorder, probe).length;
    await until(() => good(recorder, probe).length > answered + 3, { what: "answers", timeoutMs: 10_000 });
    await probe.stop();
    expect(new Set(failed(recorder, probe).map((each) => each.error))).toEqual(new Set(["timeout"]));
    expect(server.connections).toBeGreaterThan(connections);
    // Back on one connection: the last attempts share it.
    expect(server.connections).toBeLessThan(recorder.store.samples.get(probe.info.probe)?.length ?? 0);
  });
});

describe("sequenced writes", () => {
  it("are all found again when the server keeps its word, over several objects", async () => {
    const recorder = testRecorder();
    const probe = writer("kept");
    await probe.start(recorder);
    await samples(recorder, probe.info.probe, 230);
    await probe.stop();
    const audit = await probe.audit({ from: 0, to: Infinity });
    expect(audit).toMatchObject({ writer: "api.cp1.write.kept", unknown: 0, lost: [] });
    expect(audit.acknowledged).toBe(audit.attempted);
    expect(server.objects.size).toBeGreaterThanOrEqual(3);
    for (const data of server.objects.values()) expect(Object.keys(data).length).toBeLessThanOrEqual(100);
  });

  it("that were acknowledged and are gone are lost", async () => {
    const recorder = testRecorder();
    const probe = writer("fresh");
    await probe.start(recorder);
    await samples(recorder, probe.info.probe, 5);
    server.patches = "forget";
    await samples(recorder, probe.info.probe, 10);
    await probe.stop();
    const { lost, acknowledged, attempted } = await probe.audit({ from: 0, to: Infinity });
    expect(acknowledged).toBe(attempted);
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.at(-1)).toBe(attempted - 1);
    expect(lost).not.toContain(0);
  });

  it("are unknown, not refused, when the server failed in the middle", async () => {
    const recorder = testRecorder();
    const probe = writer("kept");
    await probe.start(recorder);
    await samples(recorder, probe.info.probe, 3);
    server.patches = "fail";
    await until(() => failed(recorder, probe).length > 3, { what: "failures", timeoutMs: 10_000 });
    await probe.stop();
    const audit = await probe.audit({ from: 0, to: Infinity });
    expect(audit.unknown).toBe(failed(recorder, probe).length);
    expect(audit.unknown + audit.acknowledged).toBe(audit.attempted);
    expect(failed(recorder, probe)[0]?.error).toBe("http 500");
  });

  it("go on in new objects after a restore has taken the old ones, and are told apart by its revision", async () => {
    const recorder = testRecorder();
    const probe = writer("kept");
    await probe.start(recorder);
    await samples(recorder, probe.info.probe, 5);
    const { revision } = server;
    await samples(recorder, probe.info.probe, 10);
    const restoredAt = recorder.now();
    server.objects.clear();
    const before = good(recorder, probe).length;
    await until(() => good(recorder, probe).length > before + 3, { what: "writes", timeoutMs: 10_000 });
    await probe.stop();
    expect(failed(recorder, probe)[0]?.error).toBe("http 404");
    const { lost, acknowledged } = await probe.audit({ from: restoredAt, to: Infinity });
    expect(lost).toEqual([]);
    expect(acknowledged).toBeGreaterThan(2);
    const account = await probe.account(revision, { from: 0, servedAt: restoredAt });
    expect(account.lostUpTo).toBe(account.upTo);
    expect(account.after).toBeGreaterThan(2);
    expect(account).toMatchObject({ keptAfter: 0, unknown: 0 });
  });

  it("say so when they cannot be read back", async () => {
    const recorder = testRecorder();
    const probe = writer("kept");
    await probe.start(recorder);
    await samples(recorder, probe.info.probe, 3);
    await probe.stop();
    server.reads = "fail";
    const audit = await probe.audit({ from: 0, to: Infinity });
    expect(audit.lost).toEqual([]);
    expect(audit.incomplete).toMatch(/could not be read: .*500/);
  });
});

function options(connection: Connection): ApiProbeOptions {
  const [endpoint] = kube.endpoints;
  if (endpoint === undefined) throw new Error("no endpoint");
  return { endpoint, credentials: kube.credentials, connection, tickMs: 20, timeoutMs: 2000 };
}

function writer(connection: Connection, timeoutMs = 2000): WriteProbe {
  return apiWriteProbe({ ...options(connection), timeoutMs, namespace: "drill", clients: kube.main });
}

function samples(recorder: Recorder, probe: string, count: number): Promise<boolean> {
  const enough = () => (recorder.store.samples.get(probe)?.length ?? 0) >= count;
  return until(enough, { what: `${String(count)} samples`, timeoutMs: 25_000, intervalMs: 20 });
}

function failed(recorder: Recorder, probe: WriteProbe) {
  return (recorder.store.samples.get(probe.info.probe)?.within(0, Infinity) ?? []).filter((each) => !each.ok);
}

function good(recorder: Recorder, probe: WriteProbe) {
  return (recorder.store.samples.get(probe.info.probe)?.within(0, Infinity) ?? []).filter((each) => each.ok);
}
