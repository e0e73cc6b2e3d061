import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testCertificates, type TestCertificates } from "../kube/testing/certificates.ts";
import type { LoadPlan } from "./engine/plan.ts";
import { startLoad } from "./load.ts";
import { preflight } from "./preflight.ts";
import { testPlan } from "./testing/plan.ts";

let certificates: TestCertificates;
let stranger: TestCertificates;
let server: Server;
let requests = 0;

beforeAll(async () => {
  [certificates, stranger] = await Promise.all([testCertificates(), testCertificates()]);
  server = createServer({ ...certificates.server }, (_, response) => {
    requests += 1;
    response.end("secret");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

function plan(tls: LoadPlan["tls"], keepAlive = true): LoadPlan {
  const { port } = server.address() as AddressInfo;
  const url = `https://kubernetes:${String(port)}/`;
  return testPlan(port, { url, tls, keepAlive, connections: 2, maxRequests: 6 });
}

test.each([true, false])(
  "a certificate of the given authority is trusted (keep-alive %s)",
  async (keepAlive) => {
    const trusted = plan({ verify: true, ca: certificates.server.ca, serverName: "kubernetes" }, keepAlive);
    expect(await preflight(trusted)).toMatchObject({ protocol: "TLSv1.3" });
    const result = await startLoad(trusted).result;
    expect(result).toMatchObject({ answered: 6, failed: 0, connections: keepAlive ? 2 : 6 });
  },
);

test.each([
  ["another authority", () => ({ verify: true, ca: stranger.server.ca, serverName: "kubernetes" })],
  ["another name", () => ({ verify: true, ca: certificates.server.ca, serverName: "shop.example" })],
])("with %s nothing is sent", async (_, tls) => {
  const before = requests;
  await expect(preflight(plan(tls()))).rejects.toThrow(/TLS handshake with .* failed: .*--insecure/);
  const result = await startLoad(plan(tls())).result;
  expect(result).toMatchObject({ sent: 6, answered: 0, failures: { tls: 6 } });
  expect(requests).toBe(before);
});

test("any certificate is trusted when asked to", async () => {
  const result = await startLoad(plan({ verify: false, serverName: "kubernetes" })).result;
  expect(result).toMatchObject({ answered: 6, failed: 0 });
});
