// Access from a kubeconfig to a small API server over real TLS with client certificates.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AutoscalingV2Api } from "@kubernetes/client-node";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import type { KubeAccess } from "./access.ts";
import { ApiRefusal } from "./clients.ts";
import { endpointsOf, openKubeAccess } from "./open-access.ts";
import { testApiServer, type TestApiServer } from "./testing/api-server.ts";
import { testCertificates, type TestCertificates } from "./testing/certificates.ts";
import { relayTo, type Relay } from "./testing/relay.ts";
import { TransportError } from "./transport.ts";
import { parseLabFile } from "../lab/lab-file.ts";

let folder: string;
let certificates: TestCertificates;
let server: TestApiServer;
let relay: Relay;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kubedrill-kube-"));
  certificates = await testCertificates();
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  server = await testApiServer(certificates);
  relay = await relayTo(server.port);
  return async () => {
    await relay.close();
    await server.close();
  };
});

test("the VIP comes first, then every API server by its own address, all called kubernetes", () => {
  const lab = parseLabFile(labWith({ vip: { address: "10.0.0.100" } }), "test");
  expect(endpointsOf(lab)).toEqual([
    { name: "vip", host: "10.0.0.100", port: 8443, serverName: "kubernetes" },
    { name: "cp1", host: "127.0.0.1", port: relay.port, serverName: "kubernetes" },
  ]);
});

test("raw requests: JSON in and out, refusals with status and reason, allowed statuses", async () => {
  server.put("a", "1");
  const { main } = await access();
  expect(await main.raw("GET", "/api/v1/things?limit=1", { timeoutMs: 5000 })).toMatchObject({
    items: [{ metadata: { name: "a" } }],
  });
  const refused = main.raw("GET", "/api/v1/nothing?x=1", { timeoutMs: 5000 });
  await expect(refused).rejects.toThrow(ApiRefusal);
  await expect(refused).rejects.toThrow(
    "The API server (cp1) answered GET /api/v1/nothing with 404 NotFound: /api/v1/nothing not found.",
  );
  expect(await main.raw("GET", "/api/v1/nothing", { timeoutMs: 5000, okStatus: [404] })).toBeUndefined();
});

test("typed clients, also of other API groups, use the same limited connections", async () => {
  const opened = await access();
  const clients = opened.via("cp1", 400);
  await expect(clients.core.readNamespace({ name: "x" })).rejects.toMatchObject({ code: 404 });
  const scaler = clients.config.makeApiClient(AutoscalingV2Api);
  await expect(scaler.listHorizontalPodAutoscalerForAllNamespaces()).rejects.toMatchObject({ code: 404 });
  expect(relay.taken).toBe(1);
  relay.silence();
  const started = performance.now();
  await expect(clients.core.readNamespace({ name: "x" })).rejects.toThrow(/timeout after 0.4 s/);
  expect(performance.now() - started).toBeLessThan(1500);
});

test("a limit holds for the whole request, and the next one does not reuse the dead connection", async () => {
  const { main } = await access();
  await main.raw("GET", "/api/v1/things", { timeoutMs: 5000 });
  relay.silence();
  await expect(main.raw("GET", "/api/v1/things", { timeoutMs: 300 })).rejects.toThrow(TransportError);
  await relay.restore();
  await main.raw("GET", "/api/v1/things", { timeoutMs: 5000 });
  await expect(main.raw("GET", "/slow", { timeoutMs: 300 })).rejects.toThrow(
    `GET /slow by cp1 (127.0.0.1:${String(relay.port)}): timeout after 0.3 s.`,
  );
});

test("what fails is one of few words", async () => {
  const { main } = await access();
  await relay.cut();
  await expect(main.raw("GET", "/", { timeoutMs: 2000 })).rejects.toMatchObject({ reason: "refused" });
  await relay.restore();
  const pending = main.raw("POST", "/slow", { timeoutMs: 5000 });
  const outcome = expect(pending).rejects.toMatchObject({ reason: "reset" });
  while (!server.requests.includes("POST /slow")) await new Promise(setImmediate);
  await relay.cut();
  await outcome;
});

test("a read whose connection was reset is asked once more, on a new connection", async () => {
  const { main } = await access();
  const pending = main.raw("GET", "/slow", { timeoutMs: 5000 });
  // The second attempt is the one that is refused.
  const outcome = expect(pending).rejects.toMatchObject({ reason: "refused" });
  while (!server.requests.includes("GET /slow")) await new Promise(setImmediate);
  await relay.cut();
  await outcome;
});

test("a server of another authority is refused before a request is sent", async () => {
  const others = await testCertificates();
  const { main } = await access({ ...certificates.client, ca: others.client.ca });
  await expect(main.raw("GET", "/", { timeoutMs: 5000 })).rejects.toThrow(/tls /);
  expect(server.requests).toEqual([]);
});

test("a kubeconfig that is missing, or has no client certificate, is named", async () => {
  const lab = parseLabFile(labWith({ kubeconfig: join(folder, "missing") }), "test");
  await expect(openKubeAccess(lab)).rejects.toThrow(/The kubeconfig .*missing cannot be read/);
  const bare = await writeKubeconfig({ token: "secret-token" });
  const error: unknown = await openKubeAccess(parseLabFile(labWith({ kubeconfig: bare }), "test")).catch(
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ message: `The kubeconfig ${bare} has no client certificate.` });
  expect(String(error)).not.toContain("secret-token");
});

async function access(credentials = certificates.client): Promise<KubeAccess> {
  const base64 = (pem: string) => Buffer.from(pem).toString("base64");
  const user = {
    "client-certificate-data": base64(credentials.cert),
    "client-key-data": base64(credentials.key),
  };
  const kubeconfig = await writeKubeconfig(user, base64(credentials.ca));
  const opened = await openKubeAccess(parseLabFile(labWith({ kubeconfig }), "test"));
  onTestFinished(() => opened.close());
  return opened;
}

async function writeKubeconfig(user: object, ca = "AAAA"): Promise<string> {
  const path = join(folder, `kubeconfig-${String(Object.keys(user).length)}`);
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "x",
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster: { server: "https://10.0.0.1:6443", "certificate-authority-data": ca } }],
    users: [{ name: "u", user }],
  };
  await writeFile(path, stringify(config));
  return path;
}

function labWith(api: { kubeconfig?: string; vip?: { address: string } }): unknown {
  return {
    version: 1,
    name: "test",
    machines: [
      {
        name: "cp1",
        role: "control-plane",
        address: "127.0.0.1",
        power: { provider: "docker", container: "none" },
        shell: { via: "docker-exec", container: "none" },
      },
    ],
    api: { kubeconfig: "none", port: relay.port, ...api },
  };
}
